/// Reads the members of an object.
struct KeyedDecoding<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let members: JSON.Object
    let path: CodingPath
    let naming: KeyNaming
    var strictness = ValueDecoder.Strictness.lenient

    var codingPath: [any CodingKey] { path.keys }

    /// The members that the key type has a case for.
    var allKeys: [Key] { members.keys.compactMap { naming.key(Key.self, named: $0) } }

    func contains(_ key: Key) -> Bool { members[naming.wireName(of: key)] != nil }

    func decodeNil(forKey key: Key) throws -> Bool { try member(key).value.isNull }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        try member(key).decode(type)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try member(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try member(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { try member(named: "super") }

    func superDecoder(forKey key: Key) throws -> any Decoder { try member(key) }

    private func member(_ key: Key) throws -> ValueDecoder {
        try member(named: naming.wireName(of: key))
    }

    private func member(named name: String) throws -> ValueDecoder {
        guard let value = members[name] else {
            throw DecodingError.keyNotFound(
                WireKey(name), .init(codingPath: path.keys, debugDescription: "\(name) is missing"))
        }
        return ValueDecoder(
            value: value, path: .member(path, name), strictness: strictness)
    }
}
