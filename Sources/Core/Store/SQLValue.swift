/// A value as the database holds it.
public enum SQLValue: Sendable, Hashable {
    case null
    case int(Int64)
    case double(Double)
    case text(String)
    case blob([UInt8])

    /// The kind of value in words, for messages that must not quote the value itself.
    var kind: String {
        switch self {
        case .null: "null"
        case .int: "an integer"
        case .double: "a floating-point number"
        case .text: "text"
        case .blob: "bytes"
        }
    }
}
