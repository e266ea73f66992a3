public import OpsJSONRPC

/// The members of a ``Declared`` type that are declared elsewhere, collected as they came.
///
/// A method whose record type decides which further members exist (a check of type `http` has a
/// `url`) declares one of these; its ``MethodDeclaration`` lists them as `extra` fields.
@propertyWrapper
public struct Members: Decodable, Sendable {
    /// The collected members.
    public var wrappedValue: JSON.Object

    /// Makes an empty collection.
    public init(wrappedValue: JSON.Object = JSON.Object()) { self.wrappedValue = wrappedValue }

    /// Reads what ``FieldSet`` has collected.
    public init(from decoder: any Decoder) throws {
        wrappedValue = try decoder.singleValueContainer().decode(JSON.self).object ?? JSON.Object()
    }
}
