public import OpsJSONRPC

/// JSON that is written as text already.
///
/// To write it takes as long as to store it, so for thousands of records it is done before the
/// write begins, which keeps others waiting.
public struct JSONText: Sendable, SQLConvertible {
    private let text: String

    /// Writes the value.
    public init(_ value: JSON) { text = value.text }

    /// Writes an object whose further members are written already.
    public init(_ first: JSON.Object, and rest: JSONText) {
        let first = JSON.object(first).text
        let isOne = first == "{}" || rest.text == "{}"
        text = "\(first.dropLast())\(isOne ? "" : ",")\(rest.text.dropFirst())"
    }

    /// The text.
    public var sqlValue: SQLValue { .text(text) }
}
