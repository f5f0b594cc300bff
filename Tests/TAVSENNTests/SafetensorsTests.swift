import Foundation
import TAVSENN
import Testing

@Suite("Safetensors")
struct SafetensorsTests {
    func file(_ header: String, _ data: [UInt8] = []) -> Data {
        var bytes = Data()
        withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { bytes.append(contentsOf: $0) }
        return bytes + Data(header.utf8) + Data(data)
    }

    func entry(_ name: String, _ type: String, _ shape: String, _ start: Int, _ end: Int) -> String {
        "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":[\(start),\(end)]}"
    }

    /// Closed form: bit patterns from the IEEE 754 definitions.
    @Test("reads every element type")
    func types() throws {
        let header =
            "{"
            + [
                entry("bf16", "BF16", "[2]", 0, 4), entry("f16", "F16", "[5]", 4, 14),
                entry("f32", "F32", "[]", 14, 18),
                entry("f64", "F64", "[1]", 18, 26), entry("i64", "I64", "[1,1]", 26, 34),
            ].joined(separator: ", ") + ",\"__metadata__\":{\"a\\n\":\"\\u00e9\\ud83d\\ude00\"}}  "
        var data: [UInt8] = [0x80, 0x3F, 0x20, 0xC0]
        data += [0x00, 0x3C, 0x01, 0x00, 0xFF, 0x7B, 0x00, 0xFC, 0x00, 0x80]
        withUnsafeBytes(of: Float(-2.25).bitPattern.littleEndian) { data += $0 }
        withUnsafeBytes(of: (0.1).bitPattern.littleEndian) { data += $0 }
        withUnsafeBytes(of: Int64(-7).littleEndian) { data += $0 }
        let tensors = try Safetensors(file(header, data))
        #expect(try tensors.tensor("bf16").values == [1, -2.5])
        #expect(try tensors.tensor("f16").values == [1, 0x1p-24, 65504, -.infinity, 0])
        #expect(try tensors.tensor("f32").item == -2.25)
        #expect(try tensors.tensor("f64").values == [0.1])
        #expect(try tensors.integers("i64") == [-7])
        #expect(tensors.shape(of: "i64") == [1, 1])
        #expect(tensors.names == ["bf16", "f16", "f32", "f64", "i64"])
        #expect(tensors.metadata == ["a\n": "é😀"])
    }

    /// Property.
    @Test("what is written is read back, and the same content gives the same bytes")
    func roundTrip() throws {
        var writer = SafetensorsWriter(metadata: ["quote": "\"\\\n\u{1}é", "b": "2"])
        writer.add("x", Tensor([2, 3], values: [1, -0.0, .infinity, 0x1p-149, 3.5, -7]))
        writer.add("empty", Tensor.zeros([0, 4]))
        writer.add("n", shape: [2], integers: [.min, .max])
        let data = writer.data
        #expect(data == writer.data)
        let header = Int(data[0]) + Int(data[1]) << 8
        #expect((8 + header) % 8 == 0)
        let file = try Safetensors(data)
        #expect(file.metadata == writer.metadata)
        #expect(
            try file.tensor("x").values.map(\.bitPattern)
                == [1, -0.0, .infinity, 0x1p-149, 3.5, -7].map(\Float.bitPattern))
        #expect(try file.tensor("empty").shape == [0, 4])
        #expect(try file.integers("n") == [.min, .max])
    }

    /// Each guard is tripped by a file made for it.
    @Test("refuses damaged files with words")
    func damaged() {
        let cases: [(Data, SafetensorsError)] = [
            (Data([1, 2, 3]), .tooShort(bytes: 3)),
            (Data([255, 255, 255, 255, 255, 255, 255, 255]), .headerLength(.max, limit: 0)),
            (Data([3, 0, 0, 0, 0, 0, 0, 0]) + Data("{}".utf8), .headerLength(3, limit: 2)),
            (
                file("{" + entry("a", "F32", "[2]", 0, 8) + "}", [0, 0, 0, 0]),
                .truncated(name: "a", end: 8, bytes: 4)
            ),
            (file("{" + entry("a", "F8", "[2]", 0, 2) + "}", [0, 0]), .unknownType(name: "a", type: "F8")),
            (
                file(
                    "{\(entry("a", "F32", "[1]", 0, 4)),\(entry("b", "F16", "[2]", 2, 6))}",
                    [0, 0, 0, 0, 0, 0]),
                .overlap("a", "b")
            ),
            (
                file("{" + entry("a", "F32", "[1]", 4, 8) + "}", [UInt8](repeating: 0, count: 8)),
                .gap(at: 0, bytes: 4)
            ),
            (file("{}", [0, 0, 0]), .gap(at: 0, bytes: 3)),
            (
                file("{" + entry("a", "F32", "[3]", 0, 8) + "}", [UInt8](repeating: 0, count: 8)),
                .entry(name: "a", reason: "F32 [3] needs 12 bytes, offsets give 8")
            ),
            (
                file("{" + entry("a", "F32", "[4611686018427387904,4]", 0, 0) + "}"),
                .entry(name: "a", reason: "shape [4611686018427387904, 4] is too large")
            ),
            (
                file("{" + entry("a", "F32", "[1]", 8, 4) + "}"),
                .entry(name: "a", reason: "data_offsets must be start and end, got [8, 4]")
            ),
            (
                file("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}"),
                .entry(name: "a", reason: "needs dtype, shape and data_offsets")
            ),
        ]
        for (data, expected) in cases {
            #expect(throws: expected) { try Safetensors(data) }
        }
    }

    @Test(
        "refuses headers that are not this format's JSON",
        arguments: [
            "", "[]", "{", "{\"a\"", "{\"a\":1}", "{} x",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1]",
            "{\"a\":{\"shape\":[1.5]", "{\"a\":{\"shape\":[99999999999999999999]", "{\"\\x\":{}}",
            "{\"\\ud800\":{}}",
            "{\"__metadata__\":{\"k\":1}}", "{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}",
            "{\"a\":{\"more\":\"x\"}}",
            "{\"\u{1}\":{}}", "{\"\\u12\":{}}", "{,}", "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}",
        ])
    func malformedHeaders(_ header: String) {
        #expect {
            try Safetensors(file(header))
        } throws: { error in
            guard case SafetensorsError.header = error else { return false }
            return true
        }
    }

    @Test("refuses a name that appears twice, and deep nesting without recursing")
    func hostileHeaders() {
        let twice = "{\(entry("a", "F32", "[0]", 0, 0)),\(entry("a", "F32", "[0]", 0, 0))}"
        #expect(throws: SafetensorsError.self) { try Safetensors(file(twice)) }
        let deep = "{\"a\":" + String(repeating: "[", count: 1_000_000)
        #expect(throws: SafetensorsError.self) { try Safetensors(file(deep)) }
    }

    /// Property: whatever single byte is changed, the file is read or refused.
    @Test("survives every change of a byte in the header and every cut")
    func mutations() {
        var writer = SafetensorsWriter(metadata: ["k": "v"])
        writer.add("x", Tensor([2], values: [1, 2]))
        writer.add("n", shape: [], integers: [3])
        let good = [UInt8](writer.data)
        for place in good.indices {
            for value in [0, 0x22, 0x2C, 0x39, 0x5B, 0x7D, 0xFF] as [UInt8] {
                var bytes = good
                bytes[place] = value
                _ = try? Safetensors(Data(bytes)).tensor("x")
            }
            _ = try? Safetensors(Data(good[..<place]))
        }
    }

    /// Property.
    @Test("a network takes what fits and nothing otherwise")
    func networkState() throws {
        let make = { (seed: UInt64) in
            let state = NetworkState(seed: seed)
            _ = Linear(state.root / "a", inputs: 3, outputs: 2)
            _ = BatchNorm(state.root / "b", channels: 2)
            return state
        }
        let (from, to) = (make(1), make(2))
        from.counters[0].value = 9
        var writer = SafetensorsWriter()
        from.save(to: &writer, prefix: "model.")
        let file = try Safetensors(writer.data)
        try to.load(from: file, prefix: "model.")
        #expect(zip(from.parameters, to.parameters).allSatisfy { $0.value.values == $1.value.values })
        #expect(to.counters[0].value == 9)
        let larger = make(3)
        let extra = larger.root.parameter("extra", [1], .constant(4))
        let before = larger.parameters[0].value.values
        #expect(throws: SafetensorsError.missing(name: "model.extra")) {
            try larger.load(from: file, prefix: "model.")
        }
        #expect(larger.parameters[0].value.values == before)
        #expect(extra.value.values == [4])
        let smaller = NetworkState(seed: 4)
        _ = Linear(smaller.root / "a", inputs: 3, outputs: 2)
        #expect {
            try smaller.load(from: file, prefix: "model.")
        } throws: { error in
            guard case SafetensorsError.unexpected(let names) = error else { return false }
            return names.count == 5
        }
    }
}
