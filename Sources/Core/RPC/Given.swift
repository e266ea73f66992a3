public import OpsJSONRPC

/// What a caller gave of a ``Declared`` type, as it came: without defaults, so that it can be told
/// what was said and what was not.
@propertyWrapper
public struct Given: Decodable, Sendable {
    /// The given members.
    public var wrappedValue: JSON.Object

    /// Makes an empty collection.
    public init(wrappedValue: JSON.Object = JSON.Object()) { self.wrappedValue = wrappedValue }

    /// Reads what ``FieldSet`` has collected.
    public init(from decoder: any Decoder) throws {
        wrappedValue = try decoder.singleValueContainer().decode(JSON.self).object ?? JSON.Object()
    }
}
