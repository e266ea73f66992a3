/// Writes the members of an object.
struct KeyedEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: ValueEncoder
    let naming: KeyNaming

    var codingPath: [any CodingKey] { encoder.codingPath }

    func encodeNil(forKey key: Key) { encoder.set(.null, for: naming.wireName(of: key)) }

    func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        let name = naming.wireName(of: key)
        encoder.set(try ValueEncoder.encode(value, at: .member(encoder.path, name)), for: name)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        encoder.child(for: naming.wireName(of: key)).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        encoder.child(for: naming.wireName(of: key)).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { encoder.child(for: "super") }

    func superEncoder(forKey key: Key) -> any Encoder {
        encoder.child(for: naming.wireName(of: key))
    }
}
