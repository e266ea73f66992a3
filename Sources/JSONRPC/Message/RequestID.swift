/// The id of a request, kept as the bytes that arrived so that it can be echoed exactly.
///
/// `1`, `1.0` and `"1"` are three different ids.
public struct RequestID: Sendable, Hashable, CustomStringConvertible {
    /// The JSON text of the id, quotes included.
    public let text: String

    /// The id of an answer to something that had none.
    public static let null = RequestID(checked: "null")

    /// Makes a numeric id.
    public init(_ number: Int) { text = number.description }

    /// Makes a string id.
    public init(_ string: String) { text = JSON.string(string).text }

    /// Takes the JSON text of a string, number or `null`; nil for any other text.
    public init?(text: String) {
        switch try? JSON.parse(text) {
        case .string?, .number?, .null?: self.text = text
        default: return nil
        }
    }

    /// Takes a text that the parser has already checked.
    init(checked text: String) { self.text = text }

    /// The JSON text.
    public var description: String { text }
}
