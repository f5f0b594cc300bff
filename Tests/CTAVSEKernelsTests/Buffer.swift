import Foundation
import Synchronization

/// Zero-filled memory aligned as the kernels want it.
///
/// Kernels see it through pointers inside C structures, which do not keep a Swift object alive; so the memory lives
/// until `Memory.free`, which `KernelTests.with` calls at its end.
struct Buffer<Element> {
    let pointer: UnsafeMutablePointer<Element>
    let count: Int

    init(_ count: Int) {
        self.count = count
        pointer = Memory.allocate(count * MemoryLayout<Element>.stride).assumingMemoryBound(to: Element.self)
    }

    init(_ values: [Element]) {
        self.init(values.count)
        for (i, value) in values.enumerated() { pointer[i] = value }
    }

    var constant: UnsafePointer<Element> { UnsafePointer(pointer) }
    var memory: UnsafeMutableRawPointer { UnsafeMutableRawPointer(pointer) }
    var values: [Element] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
    subscript(_ i: Int) -> Element { pointer[i] }
}

/// What the buffers of the running test hold.
enum Memory {
    private static let addresses = Mutex<[UInt]>([])

    static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(bytes, 1), alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: max(bytes, 1))
        addresses.withLock { $0.append(UInt(bitPattern: memory)) }
        return memory
    }

    static func free() {
        addresses.withLock { addresses in
            for address in addresses { UnsafeMutableRawPointer(bitPattern: address)?.deallocate() }
            addresses = []
        }
    }
}

/// A small deterministic generator (SplitMix64), so that every failure can be repeated.
struct Random {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func float() -> Float { Float(Double(next() >> 40) / Double(1 << 23) - 1) }
    mutating func floats(_ count: Int) -> Buffer<Float> { Buffer((0..<count).map { _ in float() }) }
    mutating func integer(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }
}

/// Relative L2 distance of a result from its float64 reference; infinite if the result is not finite.
func relativeError(_ result: [Float], _ reference: [Double]) -> Double {
    precondition(result.count == reference.count)
    var difference = 0.0
    var size = 1e-300
    for (x, y) in zip(result, reference) {
        guard x.isFinite else { return .infinity }
        difference += (Double(x) - y) * (Double(x) - y)
        size += y * y
    }
    return (difference / size).squareRoot()
}
