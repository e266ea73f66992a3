internal import OpsJSONRPC

/// Learns the members of a type by letting it decode itself from a decoder that has any member.
///
/// The synthesised `init(from:)` asks for each member by name and type; the probe writes that down
/// and answers with a placeholder. A type that decodes by hand says its schema with ``Schematic``.
struct SchemaProbe: Decoder {
    /// Collects what one level of decoding asks for.
    final class Record {
        var properties = JSON.Object()
        var required: [JSON] = []
        var single: JSON.Object?
    }

    let record = Record()
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    /// The types that are being probed; one of them inside itself is any object.
    @TaskLocal private static var open: Set<ObjectIdentifier> = []

    static func members<T: Decodable>(of type: T.Type) -> JSON.Object {
        guard !open.contains(ObjectIdentifier(type)) else { return ["type": "object"] }
        let probe = SchemaProbe()
        $open.withValue(open.union([ObjectIdentifier(type)])) {
            // A placeholder may break a rule of the type; what was asked until then still stands.
            _ = try? type.init(from: probe)
        }
        if let single = probe.record.single { return single }
        var schema: JSON.Object = [
            "type": "object", "properties": .object(probe.record.properties),
        ]
        if !probe.record.required.isEmpty { schema["required"] = .array(probe.record.required) }
        return schema
    }

    static func placeholder<T: Decodable>(_ type: T.Type) throws -> T {
        if let value = simplePlaceholder(type) as? T { return value }
        if let integer = type as? any FixedWidthInteger.Type, let zero = Self.zero(integer) as? T {
            return zero
        }
        if let iterable = type as? any CaseIterable.Type, let first = firstCase(iterable) as? T {
            return first
        }
        return try type.init(from: SchemaProbe())
    }

    private static func simplePlaceholder(_ type: Any.Type) -> Any? {
        switch type {
        case is Bool.Type: false
        case is Double.Type: 0.0
        case is Float.Type: Float(0)
        case is String.Type: ""
        case is Instant.Type: Instant(milliseconds: 0)
        case is JSON.Type: JSON.null
        case is JSON.Object.Type: JSON.Object()
        case is Ref.Type: Ref("none", "0")
        default: nil
        }
    }

    private static func zero<I: FixedWidthInteger>(_ type: I.Type) -> Any { I.zero }
    private static func firstCase<E: CaseIterable>(_ type: E.Type) -> Any? { type.allCases.first }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(SchemaKeyedProbe<Key>(record: record))
    }

    func unkeyedContainer() -> any UnkeyedDecodingContainer { SchemaEmptyList(record: record) }

    func singleValueContainer() -> any SingleValueDecodingContainer {
        SchemaSingleProbe(record: record)
    }
}

private struct SchemaKeyedProbe<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let record: SchemaProbe.Record
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    func contains(_ key: Key) -> Bool { true }
    func decodeNil(forKey key: Key) -> Bool { false }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        note(type, key)
        record.required.append(.string(WireName.of(key.stringValue)))
        return try SchemaProbe.placeholder(type)
    }

    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        note(type, key)
        return nil
    }

    // The standard library asks for these by their own names when a member is optional.
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) -> Bool? { skip(type, key) }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) -> String? { skip(type, key) }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) -> Double? { skip(type, key) }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) -> Int? { skip(type, key) }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) -> Int64? { skip(type, key) }
    func decodeIfPresent(_ type: Int32.Type, forKey key: Key) -> Int32? { skip(type, key) }
    func decodeIfPresent(_ type: Int16.Type, forKey key: Key) -> Int16? { skip(type, key) }
    func decodeIfPresent(_ type: Int8.Type, forKey key: Key) -> Int8? { skip(type, key) }
    func decodeIfPresent(_ type: UInt.Type, forKey key: Key) -> UInt? { skip(type, key) }
    func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) -> UInt64? { skip(type, key) }
    func decodeIfPresent(_ type: UInt32.Type, forKey key: Key) -> UInt32? { skip(type, key) }
    func decodeIfPresent(_ type: UInt16.Type, forKey key: Key) -> UInt16? { skip(type, key) }
    func decodeIfPresent(_ type: UInt8.Type, forKey key: Key) -> UInt8? { skip(type, key) }
    func decodeIfPresent(_ type: Float.Type, forKey key: Key) -> Float? { skip(type, key) }

    private func note<T: Decodable>(_ type: T.Type, _ key: Key) {
        record.properties[WireName.of(key.stringValue)] = .object(Schema.of(type))
    }

    private func skip<T: Decodable>(_ type: T.Type, _ key: Key) -> T? {
        note(type, key)
        return nil
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) -> KeyedDecodingContainer<NestedKey> {
        KeyedDecodingContainer(SchemaKeyedProbe<NestedKey>(record: SchemaProbe.Record()))
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedDecodingContainer {
        SchemaEmptyList(record: SchemaProbe.Record())
    }

    func superDecoder() -> any Decoder { SchemaProbe() }
    func superDecoder(forKey key: Key) -> any Decoder { SchemaProbe() }
}

private struct SchemaSingleProbe: SingleValueDecodingContainer {
    let record: SchemaProbe.Record
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { false }

    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        record.single = Schema.of(type)
        return try SchemaProbe.placeholder(type)
    }
}

/// A list without elements; its element type cannot be learnt this way.
private struct SchemaEmptyList: UnkeyedDecodingContainer {
    var codingPath: [any CodingKey] { [] }
    var count: Int? { 0 }
    var isAtEnd: Bool { true }
    var currentIndex: Int { 0 }

    init(record: SchemaProbe.Record) { record.single = ["type": "array"] }

    mutating func decodeNil() throws -> Bool { throw end }
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { throw end }
    mutating func superDecoder() throws -> any Decoder { throw end }
    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { throw end }
    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> { throw end }

    private var end: DecodingError {
        .dataCorrupted(.init(codingPath: [], debugDescription: "a schema probe has no elements"))
    }
}
