extension NetworkState {
    /// Adds all parameters, buffers and counters to a file under their paths.
    ///
    /// - Parameter prefix: put before every path.
    public func save(to writer: inout SafetensorsWriter, prefix: String = "") {
        for parameter in parameters { writer.add(prefix + parameter.path, parameter.value) }
        for buffer in buffers { writer.add(prefix + buffer.path, buffer.value) }
        for counter in counters { writer.add(prefix + counter.path, shape: [], integers: [counter.value]) }
    }

    /// Takes all parameters, buffers and counters from a file. Nothing changes unless everything fits.
    ///
    /// - Parameters:
    ///   - prefix: stands before every path in the file; tensors under other prefixes are left alone.
    ///   - ignoring: paths in the file that need no place in the network.
    /// - Throws: `missing`, `shape`, `type`, or `unexpected` when the file has tensors that the network lacks.
    public func load(
        from file: Safetensors, prefix: String = "", ignoring: Set<String> = []
    ) throws(SafetensorsError) {
        var values: [Tensor] = []
        for parameter in parameters {
            values.append(try file.tensor(prefix + parameter.path, shape: parameter.shape))
        }
        for buffer in buffers {
            values.append(try file.tensor(prefix + buffer.path, shape: buffer.value.shape))
        }
        var counts: [Int64] = []
        for counter in counters {
            guard let count = try file.integers(prefix + counter.path).first else {
                throw .shape(name: prefix + counter.path, expected: [], found: [0])
            }
            counts.append(count)
        }
        let known = Set(parameters.map(\.path) + buffers.map(\.path) + counters.map(\.path)).union(ignoring)
        let unexpected = file.names.filter {
            $0.hasPrefix(prefix) && !known.contains(String($0.dropFirst(prefix.count)))
        }
        guard unexpected.isEmpty else { throw .unexpected(names: unexpected) }
        for (parameter, value) in zip(parameters, values) { parameter.assign(value) }
        for (buffer, value) in zip(buffers, values.dropFirst(parameters.count)) { buffer.assign(value) }
        for (counter, count) in zip(counters, counts) { counter.value = count }
    }
}
