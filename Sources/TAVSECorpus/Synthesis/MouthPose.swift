/// What both cameras see of the articulators during one exposure.
struct MouthPose: Sendable {
    let opening: Double
    let spread: Double
    let teeth: Double
    let tongue: Double
    let oralFlow: Double
    let nasalFlow: Double

    /// The mean pose between two times of an utterance.
    init(_ track: Articulation, from start: Double, to end: Double) {
        func mean(_ values: [Double]) -> Double { Articulation.exposure(values, from: start, to: end) }
        opening = mean(track.opening)
        spread = mean(track.spread)
        teeth = mean(track.teeth)
        tongue = mean(track.tongue)
        oralFlow = mean(track.oralFlow)
        nasalFlow = mean(track.nasalFlow)
    }
}

/// The outline of the lips for one pose, in face pixels with the origin between the lips; y points down.
struct LipShape {
    let halfWidth: Double
    let upperGap: Double
    let lowerGap: Double
    let upperLip: Double
    let lowerLip: Double

    /// Largest vertical gap, pixels.
    static let reach = 21.0

    init(_ pose: MouthPose, face: Face) {
        let gap = Self.reach * pose.opening
        halfWidth =
            face.halfWidth
            * (1 + 0.14 * max(pose.spread, 0) + 0.32 * min(pose.spread, 0) - 0.06 * pose.opening)
        // The jaw carries the lower lip; the upper one moves little.
        upperGap = 0.3 * gap
        lowerGap = 0.7 * gap
        let protrusion = 1 - 0.25 * min(pose.spread, 0) - 0.12 * max(pose.spread, 0)
        upperLip = face.upperLip * protrusion * (pose.opening < 0.03 ? 0.8 : 1)
        lowerLip = face.lowerLip * protrusion * (pose.opening < 0.03 ? 0.85 : 1)
    }

    /// Boundaries at one place across the mouth, top to bottom: outer upper, inner upper, inner lower, outer lower.
    /// - Parameter u: −1…1 of the half width.
    func edges(at u: Double) -> (
        outerUpper: Double, innerUpper: Double, innerLower: Double, outerLower: Double
    ) {
        let arch = 1 - u * u
        let rounded = arch.squareRoot()
        // Cupid's bow: a dip in the middle of the upper lip.
        let bow = 1 - 0.2 / (1 + 60 * u * u)
        let corner = 1.5 * u * u
        let innerUpper = corner - upperGap * arch
        let innerLower = corner + lowerGap * arch
        return (
            innerUpper - upperLip * rounded * bow, innerUpper, innerLower, innerLower + lowerLip * rounded
        )
    }
}
