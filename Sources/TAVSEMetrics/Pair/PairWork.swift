import TAVSESignal

/// One pair of signals under scoring: checked once, and the work that several metrics need done once.
///
/// Lives inside one call on one thread. Everything is computed on first use and kept, errors included.
final class PairWork {
    let estimate: Signal
    let reference: Signal
    let sampleRate: Int

    private(set) lazy var validation = Result { () throws(MetricError) in
        try PairValidation(estimate: estimate, reference: reference)
    }
    private lazy var thirdOctaves = Result { () throws(MetricError) in
        try ThirdOctaveEnvelopes(try checked())
    }
    private lazy var predictions = Result { () throws(MetricError) in
        try LinearPredictionFrames(try checked())
    }
    private lazy var bands = Result { () throws(MetricError) in
        try CriticalBandFrames(try checked())
    }
    private lazy var distortion = Result { () throws(MetricError) in
        try SDR.ratio(try checked())
    }
    private lazy var segmental = Result { () throws(MetricError) in
        try SegmentalSNR.value(try checked())
    }
    private lazy var widebandPESQ = pesqResult(.wideband)
    private lazy var narrowbandPESQ = pesqResult(.narrowband)

    init(estimate: Signal, reference: Signal) {
        self.estimate = estimate
        self.reference = reference
        sampleRate = reference.sampleRate
    }

    /// The pair, known to have one rate and length, finite samples and sound on both sides.
    func checked() throws(MetricError) -> CheckedPair { try validation.get().pair }

    /// Third-octave envelopes at 10 kHz without silent frames (STOI, ESTOI).
    func thirdOctaveEnvelopes() throws(MetricError) -> ThirdOctaveEnvelopes { try thirdOctaves.get() }

    /// Linear prediction of every frame (LLR, cepstral distance, composites).
    func linearPredictionFrames() throws(MetricError) -> LinearPredictionFrames { try predictions.get() }

    /// Critical-band spectra of every frame (WSS, fwSegSNR, composites).
    func criticalBandFrames() throws(MetricError) -> CriticalBandFrames { try bands.get() }

    /// BSS Eval's SDR for one reference (SDR, SAR).
    func sdr() throws(MetricError) -> Double { try distortion.get() }

    /// Segmental SNR (itself and CBAK).
    func segmentalSNR() throws(MetricError) -> Double { try segmental.get() }

    /// One PESQ run per input filter: the narrow-band and the raw score share theirs.
    func pesq(_ mode: PESQ.Mode) throws(MetricError) -> PESQ.Analysis {
        switch mode {
        case .wideband: try widebandPESQ.get()
        case .narrowband, .raw:
            // Wide-band is narrower in the rates it accepts; narrow-band and raw accept the same.
            try narrowbandPESQ.get()
        }
    }

    private func pesqResult(_ mode: PESQ.Mode) -> Result<PESQ.Analysis, MetricError> {
        Result { () throws(MetricError) in
            try PESQ.analyze(estimate: estimate, reference: reference, mode: mode)
        }
    }
}

/// A metric that can draw on work shared with others.
protocol PairMetric: SpeechMetric {
    /// The score of the pair.
    func score(_ work: PairWork) throws(MetricError) -> Double
}

extension PairMetric {
    /// The score of an estimate against its reference.
    ///
    /// - Parameters:
    ///   - estimate: processed speech, `[N]`.
    ///   - reference: clean speech, `[N]`, same sample rate.
    /// - Throws: the reason why there is no number: rates or lengths that differ, non-finite samples, silence, and
    ///   what the metric itself needs.
    public func score(estimate: Signal, reference: Signal) throws(MetricError) -> Double {
        try score(PairWork(estimate: estimate, reference: reference))
    }
}

extension PESQ: PairMetric {
    func score(_ work: PairWork) throws(MetricError) -> Double {
        let analysis = try work.pesq(mode)
        return mode == .raw ? analysis.rawScore : analysis.mosLQO
    }
}
