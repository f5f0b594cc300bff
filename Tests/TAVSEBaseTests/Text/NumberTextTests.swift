import Testing

@testable import TAVSEBase

@Suite struct NumberTextTests {
    @Test(
        "fixed numbers round to their digits and never show a negative zero (closed form)",
        arguments: [
            (2.0349, 2, "2.03"), (-0.001, 2, "0.00"), (0, 1, "0.0"), (-1.5, 0, "-2"), (.nan, 2, "–"),
            (.infinity, 1, "inf"), (-.infinity, 1, "-inf"), (123456.789, 1, "123456.8"),
        ] as [(Double, Int, String)])
    func fixed(value: Double, decimals: Int, expected: String) {
        #expect(NumberText.fixed(value, decimals: decimals) == expected)
    }

    @Test("differences carry their sign, and a difference that rounds to zero none (closed form)")
    func signed() {
        #expect(NumberText.signed(0.07, decimals: 2) == "+0.07")
        #expect(NumberText.signed(-0.07, decimals: 2) == "-0.07")
        #expect(NumberText.signed(0.001, decimals: 2) == "0.00")
        #expect(NumberText.interval(low: -0.5, high: 1, decimals: 1, signed: true) == "[-0.5, +1.0]")
        #expect(NumberText.interval(low: .nan, high: 1, decimals: 1) == "–")
    }

    @Test(
        "p-values keep three decimals down to 0.001, then two significant digits (closed form)",
        arguments: [
            (0.0342, "0.034"), (0.001, "0.001"), (0.000_999, "1.0e-03"), (2.98e-8, "3.0e-08"), (1, "1.000"),
            (0.9996, "1.000"), (0, "< 1e-300"), (.nan, "–"),
        ] as [(Double, String)])
    func probability(value: Double, expected: String) {
        #expect(NumberText.probability(value) == expected)
    }

    @Test("a share that is not 0 or 1 is never printed as if it were (property)")
    func percent() {
        #expect(NumberText.percent(0) == "0 %")
        #expect(NumberText.percent(0.001) == "<1 %")
        #expect(NumberText.percent(0.5) == "50 %")
        #expect(NumberText.percent(0.999) == ">99 %")
        #expect(NumberText.percent(1) == "100 %")
    }

    @Test("decimals give a half-width two significant digits (closed form)")
    func decimals() {
        #expect(NumberText.decimals(forHalfWidth: 0.07) == 3)
        #expect(NumberText.decimals(forHalfWidth: 0.29) == 2)
        #expect(NumberText.decimals(forHalfWidth: 0.0073) == 4)
        #expect(NumberText.decimals(forHalfWidth: 12) == 0)
        #expect(NumberText.decimals(forHalfWidth: 1e-30) == 6)
        #expect(NumberText.decimals(forHalfWidth: 0) == nil)
        #expect(NumberText.decimals(forHalfWidths: [.nan, 0], fallback: 3) == 3)
    }

    @Test("exact text reads back as the same double (property)")
    func exact() {
        for value in [0.1, 1e-300, -2.5, 1e22, 123456789, -0.0, 5] {
            #expect(Double(NumberText.exact(value))?.bitPattern == value.bitPattern)
        }
        #expect(NumberText.exact(-5) == "-5")
        #expect(NumberText.exact(.nan) == "NaN")
    }
}
