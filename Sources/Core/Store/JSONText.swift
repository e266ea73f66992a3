public import OpsJSONRPC

/// JSON that is written as text already.
///
/// To write it takes as long as to store it, so for thousands of records it is done before the
/// write begins, which keeps others waiting.
public struct JSONText: Sendable, SQLConvertible {
    private let text: String

    /// Writes the value.
    public init(_ value: JSON) { text = value.text }

    /// The text.
    public var sqlValue: SQLValue { .text(text) }
}
