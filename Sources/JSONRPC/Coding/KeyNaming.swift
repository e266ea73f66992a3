/// Whether the keys of a container are translated to wire names.
enum KeyNaming {
    case verbatim
    case translated

    init<Key: CodingKey>(_ type: Key.Type) {
        let isVerbatim =
            ObjectIdentifier(type) == Self.dictionaryKey || type is any VerbatimKey.Type
        self = isVerbatim ? .verbatim : .translated
    }

    func wireName(of key: some CodingKey) -> String {
        switch self {
        case .verbatim: key.stringValue
        case .translated: WireName.of(key.stringValue)
        }
    }

    func key<Key: CodingKey>(_ type: Key.Type, named wireName: String) -> Key? {
        switch self {
        case .verbatim: Key(stringValue: wireName)
        case .translated:
            Key(stringValue: WireName.member(of: wireName)) ?? Key(stringValue: wireName)
        }
    }

    // MARK: - Dictionaries

    /// The key type of `Dictionary`, which the standard library keeps to itself: asked once of a
    /// dictionary that decodes itself.
    private static let dictionaryKey: ObjectIdentifier? = {
        do {
            _ = try [String: Int](from: KeyTypeProbe())
            return nil
        } catch {
            return (error as? KeyTypeProbe.Found)?.key
        }
    }()

    private struct KeyTypeProbe: Decoder {
        struct Found: Error { let key: ObjectIdentifier }

        var codingPath: [any CodingKey] { [] }
        var userInfo: [CodingUserInfoKey: Any] { [:] }

        func container<Key: CodingKey>(
            keyedBy type: Key.Type
        ) throws -> KeyedDecodingContainer<Key> {
            throw Found(key: ObjectIdentifier(type))
        }

        func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw unwanted }

        func singleValueContainer() throws -> any SingleValueDecodingContainer { throw unwanted }

        private var unwanted: DecodingError {
            .dataCorrupted(.init(codingPath: [], debugDescription: "only keys are probed"))
        }
    }
}
