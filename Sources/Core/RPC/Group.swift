internal import OpsJSONRPC

/// Members that several ``Declared`` types share, declared once in a type of their own.
///
/// On the wire they stand among the others:
///
/// ```swift
/// struct ImportTickets: Method {
///     @Param("The tickets.", .positional) var text: String
///     @Group var options: ImportOptions
/// }
/// ```
@propertyWrapper
public struct Group<Value: Declared>: Decodable, Sendable {
    /// The shared members.
    public var wrappedValue: Value

    /// Makes the bare declaration.
    public init(wrappedValue: Value = Value()) { self.wrappedValue = wrappedValue }

    /// Reads what ``FieldSet`` has collected.
    public init(from decoder: any Decoder) throws { wrappedValue = try Value(from: decoder) }
}

/// A member of a ``Declared`` type that stands for several.
protocol FieldGroup {
    var fields: [FieldSpec] { get }
    func encodedMembers() throws -> JSON.Object
}

extension Group: FieldGroup {
    var fields: [FieldSpec] { FieldSet(Value.self).fields }
    func encodedMembers() throws -> JSON.Object { try FieldEncoder.members(of: wrappedValue) }
}
