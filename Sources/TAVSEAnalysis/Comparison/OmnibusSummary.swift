/// All compared systems at once in one metric: Friedman's test on speaker means, and Nemenyi's distance.
///
/// An overview and the ground of the critical-difference diagram; conclusions on pairs come from the pairs.
public struct OmnibusSummary: Sendable, Equatable, Codable {
    /// Friedman's test.
    public struct Friedman: Sendable, Equatable, Codable {
        /// Speakers (or utterances where the speaker is unknown).
        public var nBlocks: Int
        /// Systems.
        public var k: Int
        /// Mean rank of each system; the highest rank is the best system, whatever the metric's direction.
        public var meanRanks: [Double]
        /// Tie factor, 1 without ties.
        public var tieFactor: Double
        /// Tie-corrected χ².
        public var chiSquared: Double
        /// k − 1.
        public var df: Int
        /// p of χ².
        public var pChiSquared: Double
        /// Kendall's W, 0…1.
        public var kendallW: Double
        /// Iman–Davenport F.
        public var imanDavenportF: Double
        /// Its p.
        public var pF: Double

        enum CodingKeys: String, CodingKey {
            case nBlocks = "n_blocks"
            case k
            case meanRanks = "mean_ranks"
            case tieFactor = "tie_factor"
            case chiSquared = "chi2"
            case df
            case pChiSquared = "p_chi2"
            case kendallW = "kendall_w"
            case imanDavenportF = "iman_davenport_f"
            case pF = "p_f"
        }
    }

    /// What a block is.
    /// Whether the test says something: at least three systems, blocks, and a finite F.
    ///
    /// Two systems are compared by the paired tests; an infinite F only says that all blocks rank alike.
    public var isInformative: Bool {
        models.count > 2 && friedman.nBlocks > 1 && friedman.imanDavenportF.isFinite
    }

    /// Mean ranks with 1 for the best system; ``Friedman/meanRanks`` grow with the better system.
    public var ranksFromBest: [Double] { friedman.meanRanks.map { Double(friedman.k + 1) - $0 } }

    /// What was averaged in each block.
    public var unit: String
    /// Rows usable for every system.
    public var nRows: Int
    /// Systems, in the order of the ranks.
    public var models: [String]
    /// Friedman's test.
    public var friedman: Friedman
    /// Difference of mean ranks that is significant at 5 %; NaN without blocks.
    public var nemenyiCD: Double
    /// p of every pair by Nemenyi's method.
    public var nemenyiP: [[Double]]

    enum CodingKeys: String, CodingKey {
        case unit
        case nRows = "n_rows"
        case models, friedman
        case nemenyiCD = "nemenyi_cd_05"
        case nemenyiP = "nemenyi_p"
    }
}
