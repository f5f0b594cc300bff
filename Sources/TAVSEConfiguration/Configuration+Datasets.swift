import TAVSEData

extension Configuration {
    /// The cameras the network uses, as the data knows them.
    public var cameras: [Camera] { network.modalities.compactMap(\.camera) }

    /// Where the data lies: the root, and what is elsewhere.
    public var dataRoot: DataRoot {
        var root = DataRoot(data.root)
        root.manifests[.train] = data.trainManifest
        root.manifests[.val] = data.valManifest
        root.manifests[.test] = data.testManifest
        root.frameStores[.rgb] = data.rgbLMDB
        root.frameStores[.thermal] = data.thermalLMDB
        root.noiseFolder = data.noiseDir
        return root
    }

    /// Folder of this experiment's checkpoints.
    public var checkpointFolder: String { training.checkpointDir + "/" + experimentName }

    /// Folder of this experiment's logs.
    public var logFolder: String { training.logDir + "/" + experimentName }

    /// What the loader gives out for a split: random crops and mixes for training, whole utterances with fixed mixes
    /// otherwise.
    ///
    /// - Parameters:
    ///   - split: which utterances.
    ///   - cameras: which video to decode; nil takes what the network uses.
    public func datasetSettings(_ split: Split, cameras: [Camera]? = nil) -> DatasetSettings {
        let cameras = cameras ?? self.cameras
        let isTraining = split == .train
        let fixed: MixPlan =
            split == .val
            ? .fixed(snrsDB: data.valSNRLevels, noisesPerUtterance: data.valNoisesPerUtterance)
            : .fixed(snrsDB: data.testSNRLevels, noisesPerUtterance: data.testNoisesPerUtterance)
        return DatasetSettings(
            segmentSeconds: isTraining ? input.segmentSeconds : nil, fps: network.fps, modalities: cameras,
            mixes: isTraining
                ? .uniform(lowestDB: data.trainSNRRange[0], highestDB: data.trainSNRRange[1]) : fixed,
            augmentation: isTraining ? input.augmentation : nil, speechLevel: .active, seed: training.seed)
    }
}
