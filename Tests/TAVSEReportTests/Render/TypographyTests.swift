import Testing

@testable import TAVSEReport

@Suite("Typography") struct TypographyTests {
    @Test(
        "printed numbers get a true minus and powers of ten; names are left alone (closed form)",
        arguments: [
            ("-0.5", "−0.5"), ("[-0.5, -0.1]", "[−0.5, −0.1]"), ("3.0e-08", "3.0 × 10⁻⁸"),
            ("p = 1.2e-12", "p = 1.2 × 10⁻¹²"),
            ("model-5", "model-5"), ("run2e-3b", "run2e-3b"), ("a - b", "a - b"),
        ])
    func typography(plain: String, expected: String) {
        #expect(Typography.typeset(plain) == expected)
    }
}
