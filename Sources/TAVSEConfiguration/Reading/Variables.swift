/// Values for `${NAME}`: the process environment, then `.env` files.
struct Variables: Sendable {
    /// The process environment.
    var environment: [String: String]
    /// `.env` files, the nearest first.
    var files: [EnvironmentFile] = []

    /// Why a text could not be expanded.
    struct Failure: Error, Equatable {
        let problem: ConfigurationError.Problem
    }

    /// What bounds the work of one text.
    private struct Budget {
        /// Nesting of defaults, and of variables in `.env` values.
        static let depth = 16
        /// Variables looked up.
        var lookups = 1000
        /// Characters of results.
        var characters = 65536

        mutating func take(lookups: Int = 0, characters: Int = 0) throws(Failure) {
            self.lookups -= lookups
            self.characters -= characters
            if self.lookups < 0 || self.characters < 0 {
                throw Failure(problem: .malformedVariable("the variables in it expand to too much"))
            }
        }
    }

    /// The value of a variable; nil when it has none.
    func value(of name: String) throws(Failure) -> String? {
        var budget = Budget()
        return try value(of: name, depth: 0, &budget)
    }

    /// Replaces `${NAME}` by the variable's value and `${NAME:-default}` by the default where the variable is unset or
    /// empty; `$${` is a literal `${`.
    func expand(_ text: String) throws(Failure) -> String {
        var budget = Budget()
        return try expand(Array(text.unicodeScalars)[...], depth: 0, &budget)
    }

    private func value(of name: String, depth: Int, _ budget: inout Budget) throws(Failure) -> String? {
        try budget.take(lookups: 1)
        if let value = environment[name] { return value }
        guard let entry = files.lazy.compactMap({ $0.entries[name] }).first else { return nil }
        return entry.expands
            ? try expand(Array(entry.value.unicodeScalars)[...], depth: depth + 1, &budget) : entry.value
    }

    private func expand(
        _ source: ArraySlice<Unicode.Scalar>, depth: Int, _ budget: inout Budget
    ) throws(Failure) -> String {
        guard depth < Budget.depth else {
            throw Failure(problem: .malformedVariable("variables nested too deeply, or in a circle"))
        }
        var result = String.UnicodeScalarView()
        var rest = source
        while let scalar = rest.first {
            if rest.starts(with: "$${".unicodeScalars) {
                result.append(contentsOf: "${".unicodeScalars)
                rest = rest.dropFirst(3)
            } else if rest.starts(with: "${".unicodeScalars) {
                let inside = rest.dropFirst(2)
                guard let end = Self.closingBrace(of: inside) else {
                    throw Failure(problem: .malformedVariable("${ without }"))
                }
                result.append(
                    contentsOf: try variable(inside[..<end], depth: depth, &budget).unicodeScalars)
                rest = rest[(end + 1)...]
            } else {
                result.append(scalar)
                rest = rest.dropFirst()
            }
        }
        try budget.take(characters: result.count)
        return String(result)
    }

    /// The brace that ends a variable, past those of variables in its default.
    private static func closingBrace(of source: ArraySlice<Unicode.Scalar>) -> Int? {
        var open = 1
        var previous: Unicode.Scalar = " "
        for index in source.indices {
            if source[index] == "{", previous == "$" { open += 1 }
            if source[index] == "}" { open -= 1 }
            if open == 0 { return index }
            previous = source[index]
        }
        return nil
    }

    /// What stands between the braces: `NAME` or `NAME:-default`.
    private func variable(
        _ inside: ArraySlice<Unicode.Scalar>, depth: Int, _ budget: inout Budget
    ) throws(Failure) -> String {
        let name = String(String.UnicodeScalarView(inside.prefix { $0 != ":" }))
        let rest = inside.dropFirst(name.unicodeScalars.count)
        guard Self.isName(name), rest.isEmpty || rest.starts(with: ":-".unicodeScalars) else {
            let whole = String(String.UnicodeScalarView(inside))
            throw Failure(
                problem: .malformedVariable("${\(whole)} is neither ${NAME} nor ${NAME:-default}"))
        }
        let value = try value(of: name, depth: depth, &budget)
        if let value, rest.isEmpty || !value.isEmpty { return value }
        if rest.isEmpty { throw Failure(problem: .undefinedVariable(name)) }
        return try expand(rest.dropFirst(2), depth: depth + 1, &budget)
    }

    /// Letters, digits and underscores, not beginning with a digit.
    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(48...57).contains(first) else { return false }
        return text.utf8.allSatisfy {
            (65...90).contains($0) || (97...122).contains($0) || (48...57).contains($0) || $0 == 95
        }
    }
}

extension ConfigurationNode {
    /// The same with every text expanded; what cannot be expanded is reported and marked unusable.
    func expanded(
        _ variables: Variables, key: String? = nil, errors: inout [ConfigurationError]
    ) -> ConfigurationNode {
        var result = self
        switch content {
        case .unusable: break
        case .scalar(let text, let isQuoted):
            guard text.unicodeScalars.contains("$") else { return self }
            do throws(Variables.Failure) {
                // JSON and flow lists can hold a variable in quotes only; alone there it may still be a number.
                let isAlone =
                    text.hasPrefix("${") && text.hasSuffix("}") && text.count(where: { $0 == "}" }) == 1
                result.content = .scalar(try variables.expand(text), isQuoted: isQuoted && !isAlone)
            } catch {
                errors.append(ConfigurationError(error.problem, at: origin, key: key))
                result.content = .unusable
            }
        case .sequence(let items):
            result.content = .sequence(items.map { $0.expanded(variables, key: key, errors: &errors) })
        case .mapping(let entries):
            result.content = .mapping(
                entries.map {
                    var entry = $0
                    let name = key.map { $0 + "." + entry.key } ?? entry.key
                    entry.value = entry.value.expanded(variables, key: name, errors: &errors)
                    return entry
                })
        }
        return result
    }
}
