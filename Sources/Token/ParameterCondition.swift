public import OpsJSONRPC

/// What a call's parameters must be like: `check=check:3`, `name^web-`, `limit<100`, `reason?`.
public struct ParameterCondition: Sendable, Equatable {
    /// The test that a parameter has to pass.
    public enum Test: Sendable, Equatable {
        /// It is this text, or a number or truth value that is written like this.
        case equals(String)
        /// It is a text that begins so.
        case prefix(String)
        /// It is a smaller number.
        case less(JSON.Number)
        /// It is a greater number.
        case greater(JSON.Number)
        /// It is given, and not null.
        case present
        /// It is not given, or null.
        case absent
    }

    /// The member of the parameters, and the members inside of it.
    public let path: [String]
    /// What it has to be.
    public let test: Test

    /// Reads `PATH=TEXT`, `PATH^TEXT`, `PATH<NUMBER`, `PATH>NUMBER`, `PATH?` or `PATH!`.
    ///
    /// Nil for anything else. A path is made of member names and dots: `labels.site`.
    public init?(_ text: String) {
        guard let mark = text.firstIndex(where: { !Self.isPathCharacter($0) }) else { return nil }
        let path = text[..<mark].split(separator: ".", omittingEmptySubsequences: false)
        guard path.allSatisfy({ !$0.isEmpty }),
            let test = Self.test(text[mark], String(text[text.index(after: mark)...]))
        else { return nil }
        self.path = path.map(String.init)
        self.test = test
    }

    private static func isPathCharacter(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "_-.".contains(character))
    }

    private static func test(_ mark: Character, _ value: String) -> Test? {
        switch mark {
        case "=": .equals(value)
        case "^": .prefix(value)
        case "<": JSON.Number(text: value).map { .less($0) }
        case ">": JSON.Number(text: value).map { .greater($0) }
        case "?": value.isEmpty ? .present : nil
        case "!": value.isEmpty ? .absent : nil
        default: nil
        }
    }

    /// The text that reads back as this condition.
    public var text: String {
        let name = path.joined(separator: ".")
        return switch test {
        case .equals(let value): "\(name)=\(value)"
        case .prefix(let value): "\(name)^\(value)"
        case .less(let number): "\(name)<\(number.text)"
        case .greater(let number): "\(name)>\(number.text)"
        case .present: "\(name)?"
        case .absent: "\(name)!"
        }
    }

    /// The condition for people: `limit is less than 100`.
    public var words: String {
        let name = path.joined(separator: ".")
        return switch test {
        case .equals(let value): "\(name) is \"\(value)\""
        case .prefix(let value): "\(name) begins with \"\(value)\""
        case .less(let number): "\(name) is less than \(number.text)"
        case .greater(let number): "\(name) is greater than \(number.text)"
        case .present: "\(name) is given"
        case .absent: "\(name) is not given"
        }
    }
}

// MARK: - The decision

extension ParameterCondition {
    /// Whether the parameters pass.
    ///
    /// Parameters by position never do: which name each stands for is decided elsewhere, and a
    /// condition must not be got around by leaving the names out.
    public func holds(for params: JSON?) -> Bool {
        let members: JSON
        switch params {
        case nil: members = [:]
        case .some(let given):
            guard case .object = given else { return false }
            members = given
        }
        guard let value = value(in: members) else { return false }
        return holds(value)
    }

    /// The member; null when there is none, nil when the path leads through something that has no
    /// members.
    private func value(in members: JSON) -> JSON? {
        var current = members
        for name in path {
            switch current {
            case .object(let object): current = object[name] ?? .null
            case .null: return .null
            default: return nil
            }
        }
        return current
    }

    private func holds(_ value: JSON) -> Bool {
        switch test {
        case .equals(let text): Self.isWritten(value, text)
        case .prefix(let text): value.string?.utf8.starts(with: text.utf8) ?? false
        // Rounding to the nearest double keeps the order, so a number that is not less never
        // becomes so.
        case .less(let limit): value.double.map { $0 < limit.double } ?? false
        case .greater(let limit): value.double.map { $0 > limit.double } ?? false
        case .present: !value.isNull
        case .absent: value.isNull
        }
    }

    private static func isWritten(_ value: JSON, _ text: String) -> Bool {
        switch value {
        // By bytes: to Swift, texts that merely look the same are equal.
        case .string(let string): string.utf8.elementsEqual(text.utf8)
        case .number(let number): number.text == text
        case .bool(let flag): text == (flag ? "true" : "false")
        case .null, .array, .object: false
        }
    }
}
