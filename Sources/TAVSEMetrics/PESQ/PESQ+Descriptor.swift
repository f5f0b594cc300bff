extension PESQ {
    /// Version of the signatures; raised by every change that moves a score.
    static let version = 2

    /// What the number means in this mode, and everything that could move it.
    public var descriptor: MetricDescriptor {
        switch mode {
        case .wideband:
            MetricDescriptor(
                name: .pesqWideband, title: "PESQ (wide-band)", unit: "MOS-LQO",
                lowerBound: Mapping.mosLQO(raw: Mapping.rawRange.lowerBound, wideband: true),
                upperBound: Mapping.mosLQO(raw: Mapping.rawRange.upperBound, wideband: true),
                direction: .higherIsBetter,
                signature: "PESQ|mode:wb|fs:16000|resample:no|map:P.862.2|v:\(PESQ.version)",
                source: "ITU-T P.862 (2001) with P.862.2 (2007)")
        case .narrowband:
            MetricDescriptor(
                name: .pesqNarrowband, title: "PESQ (narrow-band)", unit: "MOS-LQO",
                lowerBound: Mapping.mosLQO(raw: Mapping.rawRange.lowerBound, wideband: false),
                upperBound: Mapping.mosLQO(raw: Mapping.rawRange.upperBound, wideband: false),
                direction: .higherIsBetter,
                signature: "PESQ|mode:nb|fs:8000,16000|resample:no|map:P.862.1|v:\(PESQ.version)",
                source: "ITU-T P.862 (2001) with P.862.1 (2003)")
        case .raw:
            MetricDescriptor(
                name: .pesqRaw, title: "PESQ (raw P.862)", unit: "",
                lowerBound: Mapping.rawRange.lowerBound, upperBound: Mapping.rawRange.upperBound,
                direction: .higherIsBetter,
                signature: "PESQ|mode:nb|fs:8000,16000|resample:no|map:none|v:\(PESQ.version)",
                source: "ITU-T P.862 (2001)")
        }
    }
}
