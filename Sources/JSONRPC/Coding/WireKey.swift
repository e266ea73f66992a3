/// A key as it stands on the wire, made at run time.
public struct WireKey: VerbatimKey, Sendable {
    /// The name; of an array's element its index in brackets.
    public let stringValue: String
    /// The index of an array's element.
    public let intValue: Int?

    /// Makes the key of a member.
    public init(_ name: String) {
        stringValue = name
        intValue = nil
    }

    /// Makes the key of a member.
    public init(stringValue: String) { self.init(stringValue) }

    /// Makes the key of an array's element.
    public init(intValue: Int) {
        stringValue = "[\(intValue)]"
        self.intValue = intValue
    }
}
