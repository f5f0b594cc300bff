import TAVSESignal

/// Critical-band spectra of every frame of both signals: powers for WSS, normalised magnitudes for fwSegSNR.
struct CriticalBandFrames {
    /// Number of frames T.
    let frameCount: Int
    /// Band sums of the power spectra, `[T, 25]`.
    private(set) var referencePowers: [Double]
    private(set) var estimatePowers: [Double]
    /// Band sums of the magnitude spectra, each spectrum divided by its sum, `[T, 25]`.
    private(set) var referenceMagnitudes: [Double]
    private(set) var estimateMagnitudes: [Double]

    init(_ pair: CheckedPair) throws(MetricError) {
        let frames = try ShortFrames(pair)
        let bands = CriticalBands.shared(sampleRate: pair.sampleRate, frameLength: frames.length)
        frameCount = frames.count
        let empty = [Double](repeating: 0, count: frames.count * CriticalBands.count)
        (referencePowers, estimatePowers) = (empty, empty)
        (referenceMagnitudes, estimateMagnitudes) = (empty, empty)
        var analyzer = Analyzer(frames: frames, bands: bands)
        for t in 0..<frames.count {
            analyzer.analyze(
                pair.reference, frame: t, powers: &referencePowers, magnitudes: &referenceMagnitudes)
            analyzer.analyze(
                pair.estimate, frame: t, powers: &estimatePowers, magnitudes: &estimateMagnitudes)
        }
    }

    /// Buffers for one frame at a time.
    private struct Analyzer {
        let frames: ShortFrames
        let bands: CriticalBands
        let plan: RealFFT
        var frame: [Double]
        var spectrum: [Double]
        var power: [Double]
        var magnitude: [Double]

        init(frames: ShortFrames, bands: CriticalBands) {
            self.frames = frames
            self.bands = bands
            plan = RealFFT.plan(bands.fftSize)
            frame = [Double](repeating: 0, count: bands.fftSize)
            spectrum = [Double](repeating: 0, count: 2 * plan.binCount)
            power = [Double](repeating: 0, count: bands.fftSize / 2)
            magnitude = power
        }

        mutating func analyze(
            _ signal: [Double], frame t: Int, powers: inout [Double], magnitudes: inout [Double]
        ) {
            frames.cut(signal, frame: t, into: &frame)
            plan.forward(frame, into: &spectrum)
            var sum = 0.0
            for k in power.indices {
                let value = spectrum[2 * k] * spectrum[2 * k] + spectrum[2 * k + 1] * spectrum[2 * k + 1]
                power[k] = value
                magnitude[k] = value.squareRoot()
                sum += magnitude[k]
            }
            let start = t * CriticalBands.count
            powers.withUnsafeMutableBufferPointer { output in
                if let base = output.baseAddress { bands.apply(power, into: base + start) }
            }
            magnitudes.withUnsafeMutableBufferPointer { output in
                guard let base = output.baseAddress else { return }
                bands.apply(magnitude, into: base + start)
                for band in 0..<CriticalBands.count { base[start + band] /= sum }
            }
        }
    }
}
