import TAVSEData

extension ConfigurationKey {
    static let audio: [ConfigurationKey] = [
        .whole(
            "audio.sample_rate", \.network.sampleRate, DataRoot.sampleRate...DataRoot.sampleRate,
            "Samples per second of all sound", accepts: "\(DataRoot.sampleRate), the rate of the data"),
        .whole("audio.n_fft", \.network.nFFT, 2...65536, "Length of the Fourier transform, samples; even"),
        .whole(
            "audio.win_length", \.network.winLength, 2...65536,
            "Length of the analysis window, samples; at most `n_fft`"),
        .whole(
            "audio.hop_length", \.network.hopLength, 1...32768,
            "Step between analysis frames, samples; at most half of `win_length`"),
        .number(
            "audio.segment_seconds", \.input.segmentSeconds, .from(0.1, to: 600),
            "Length of training crops, seconds; more than half of `n_fft` and at least one video frame"),
    ]

    static let visual: [ConfigurationKey] = [
        .whole(
            "visual.roi_size", \.network.roiSize, 16...DataRoot.frameSide,
            "Pixels on each side of a mouth crop as the network sees it: the data's, or fewer by averaging",
            accepts: "\(DataRoot.frameSide), the size of the data, or 48, 32, 24 or 16"),
        .number(
            "visual.fps", \.network.fps, .above(0, to: 1000), "Video frames per second; the data must agree"),
        .number(
            "visual.augmentation.flip", \.augmentation.flip, .from(0, to: 1),
            "Probability of a mirrored clip in training (`augmentation: null` switches all of these off)"),
        .whole(
            "visual.augmentation.jitter", \.augmentation.jitter, 0...24,
            "Largest shift of the crop in each direction in training, pixels"),
        .number(
            "visual.augmentation.scale", \.augmentation.scale, .from(0, to: 0.5),
            "Largest relative change of the size in training"),
        .number(
            "visual.augmentation.rotation", \.augmentation.rotation, .from(0, to: 45),
            "Largest rotation in each direction in training, degrees"),
        .number(
            "visual.augmentation.brightness", \.augmentation.brightness, .from(0, to: 0.9),
            "Largest relative change of the colour camera's brightness in training"),
        .number(
            "visual.augmentation.contrast", \.augmentation.contrast, .from(0, to: 0.9),
            "Largest relative change of the contrast in training, around half of full scale"),
        .number(
            "visual.augmentation.noise", \.augmentation.noise, .from(0, to: 0.5),
            "Largest standard deviation of sensor noise added in training, share of full scale"),
        .number(
            "visual.augmentation.erasing", \.augmentation.erasing, .from(0, to: 1),
            "Probability of a clip in which a rectangle of 2 … 15 % of the area is covered in training"),
    ]
}

extension Configuration {
    /// The random changes of frames, switched on by setting one of them.
    fileprivate var augmentation: FrameAugmentation {
        get { input.augmentation ?? FrameAugmentation() }
        set { input.augmentation = newValue }
    }
}
