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

    /// What the loader gives out for a split: random crops and mixes for training, from the training run's seed; whole
    /// utterances with fixed mixes otherwise, from the seed of the mixes, so that all training runs have the same.
    ///
    /// - Parameters:
    ///   - split: which utterances.
    ///   - cameras: which video to decode; nil takes what the network uses.
    public func datasetSettings(_ split: Split, cameras: [Camera]? = nil) -> DatasetSettings {
        let cameras = cameras ?? self.cameras
        let isTraining = split == .train
        let mixes: MixPlan
        let talkers: TalkerPlan
        switch split {
        case .train:
            mixes = .uniform(lowestDB: data.trainSNRRange[0], highestDB: data.trainSNRRange[1])
            talkers = .drawn(
                share: data.talkerShare, lowestDB: data.talkerSNRRange[0], highestDB: data.talkerSNRRange[1],
                counts: data.talkerCounts)
        case .val:
            mixes = .fixed(snrsDB: data.valSNRLevels, noisesPerUtterance: data.valNoisesPerUtterance)
            talkers = .fixed(snrsDB: data.valTalkerSNRLevels, counts: data.talkerCounts)
        case .test:
            mixes = .fixed(snrsDB: data.testSNRLevels, noisesPerUtterance: data.testNoisesPerUtterance)
            talkers = .fixed(snrsDB: data.testTalkerSNRLevels, counts: data.talkerCounts)
        }
        return DatasetSettings(
            segmentSeconds: isTraining ? input.segmentSeconds : nil, fps: network.fps, modalities: cameras,
            mixes: mixes, talkers: talkers, augmentation: isTraining ? input.augmentation : nil,
            speechLevel: .active, seed: isTraining ? training.seed : data.mixSeed)
    }
}
