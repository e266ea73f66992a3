/// A JSON value that loses nothing: numbers keep their text and objects keep their order.
public enum JSON: Sendable, Hashable {
    /// The literal `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number, kept as it was written.
    case number(Number)
    /// A string, without its quotes and escapes.
    case string(String)
    /// An ordered list of values.
    case array([JSON])
    /// Members in the order in which they were written.
    case object(Object)
}

// MARK: - Reading

extension JSON {
    /// The text of a string; nil for anything else.
    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The exact value of an integral number in range; nil for anything else.
    public var int: Int? {
        if case .number(let value) = self { value.int } else { nil }
    }

    /// The nearest value of a number; nil for anything else.
    public var double: Double? {
        if case .number(let value) = self { value.double } else { nil }
    }

    /// The value of `true` or `false`; nil for anything else.
    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The elements of an array; nil for anything else.
    public var array: [JSON]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The members of an object; nil for anything else.
    public var object: Object? {
        if case .object(let value) = self { value } else { nil }
    }

    /// True for the literal `null`.
    public var isNull: Bool { self == .null }

    /// The member of that name; nil when there is none or this is no object.
    public subscript(key: String) -> JSON? { object?[key] }

    /// The element at that place; nil when there is none or this is no array.
    public subscript(index: Int) -> JSON? {
        guard let array, array.indices.contains(index) else { return nil }
        return array[index]
    }

    /// What the value is, in a word with its article, for messages to people.
    var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSON: CustomStringConvertible {
    /// The compact text.
    public var description: String { text }
}
