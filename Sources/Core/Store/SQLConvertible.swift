public import OpsJSONRPC

/// A value that can be an argument of an SQL statement.
///
/// Enums over strings conform by declaring it: `enum State: String, SQLConvertible`.
public protocol SQLConvertible: Sendable {
    /// The value as the database holds it.
    var sqlValue: SQLValue { get }
}

extension SQLConvertible where Self: RawRepresentable, RawValue == String {
    /// The raw value as text.
    public var sqlValue: SQLValue { .text(rawValue) }
}

extension SQLConvertible where Self: BinaryInteger {
    /// The integer; it has to fit into 64 signed bits, the widest integer of a database.
    public var sqlValue: SQLValue { .int(Int64(self)) }
}

extension SQLValue: SQLConvertible {
    /// The value itself.
    public var sqlValue: SQLValue { self }
}

extension Int: SQLConvertible {}
extension Int64: SQLConvertible {}
extension Int32: SQLConvertible {}
extension UInt32: SQLConvertible {}

extension Double: SQLConvertible {
    /// The number as a double.
    public var sqlValue: SQLValue { .double(self) }
}

extension Bool: SQLConvertible {
    /// One for true and zero for false, which every engine can store and compare.
    public var sqlValue: SQLValue { .int(self ? 1 : 0) }
}

extension String: SQLConvertible {
    /// The string as text.
    public var sqlValue: SQLValue { .text(self) }
}

extension [UInt8]: SQLConvertible {
    /// The bytes as a blob.
    public var sqlValue: SQLValue { .blob(self) }
}

extension Instant: SQLConvertible {
    /// Milliseconds since 1970, which sort and subtract as integers.
    public var sqlValue: SQLValue { .int(milliseconds) }
}

extension JSON: SQLConvertible {
    /// The compact JSON text.
    public var sqlValue: SQLValue { .text(text) }
}

extension Ref: SQLConvertible {
    /// The text `noun:key`.
    public var sqlValue: SQLValue { .text(description) }
}

extension Optional: SQLConvertible where Wrapped: SQLConvertible {
    /// The wrapped value, or null.
    public var sqlValue: SQLValue { self?.sqlValue ?? .null }
}
