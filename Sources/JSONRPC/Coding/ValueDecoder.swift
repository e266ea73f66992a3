/// Decodes one `JSON` value.
struct ValueDecoder: Decoder {
    /// Which members nobody may have who asks for none of them.
    enum Strictness: Sendable {
        /// What is not asked for is passed over.
        case lenient
        /// The members of the value itself are somebody else's business, those below it are known.
        case below
        /// Every member is one that the type has.
        case all

        /// What holds for the members.
        var ofMembers: Strictness { self == .lenient ? .lenient : .all }
    }

    let value: JSON
    let path: CodingPath
    var strictness = Strictness.lenient

    var codingPath: [any CodingKey] { path.keys }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    /// Decodes any type, those of the library without a detour.
    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        if let scalar = try scalar(type) { return scalar }
        return try T(from: self)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .object(let members) = value else { throw mismatch(type, "an object") }
        let naming = KeyNaming(type)
        if strictness == .all { try refuseUnknown(members, type, naming) }
        return KeyedDecodingContainer(
            KeyedDecoding<Key>(
                members: members, path: path, naming: naming, strictness: strictness.ofMembers))
    }

    private func refuseUnknown<Key: CodingKey>(
        _ members: JSON.Object, _ type: Key.Type, _ naming: KeyNaming
    ) throws {
        let unknown = members.keys.filter { name in
            naming.key(type, named: name).map(naming.wireName) != name
        }
        guard let name = unknown.first else { return }
        throw DecodingError.dataCorrupted(
            .init(
                codingPath: CodingPath.member(path, name).keys,
                debugDescription: Self.unknown(beside: unknown.dropFirst())))
    }

    /// An error of decoding has one place; others of the same object are told with it, but not all that
    /// somebody may send.
    private static func unknown(beside others: ArraySlice<String>) -> String {
        guard !others.isEmpty else { return "is unknown" }
        let named = others.prefix(10).joined(separator: ", ")
        let rest = others.count > 10 ? " and \(others.count - 10) more" : ""
        return "is unknown; so \(others.count == 1 ? "is" : "are") \(named)\(rest)"
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .array(let elements) = value else { throw mismatch([Any].self, "an array") }
        return UnkeyedDecoding(
            elements: elements, path: path, strictness: strictness.ofMembers)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer {
        SingleValueDecoding(decoder: self)
    }

    // MARK: - Scalars

    /// The value as one of the types that the library decodes itself; nil for any other type.
    private func scalar<T>(_ type: T.Type) throws -> T? {
        // Comparing types first spares the casts, which are slow, for everything else.
        if T.self == String.self { return try string() as? T }
        if T.self == Int.self { return try integer(Int.self) as? T }
        if T.self == JSON.self { return value as? T }
        if T.self == Bool.self { return try bool() as? T }
        if T.self == Double.self { return try double(type) as? T }
        if T.self == Float.self { return Float(try double(type)) as? T }
        guard Self.isInteger(type), let type = T.self as? any FixedWidthInteger.Type else {
            return nil
        }
        return try integer(type) as? T
    }

    /// Asking a type whether it is an integer takes longer than comparing it with all of them.
    private static func isInteger(_ type: Any.Type) -> Bool {
        type == Int64.self || type == UInt32.self || type == UInt64.self || type == UInt.self
            || type == Int32.self || type == UInt16.self || type == UInt8.self
            || type == Int16.self || type == Int8.self || type == Int128.self
            || type == UInt128.self
    }

    private func string() throws -> String {
        guard case .string(let string) = value else { throw mismatch(String.self, "a string") }
        return string
    }

    private func bool() throws -> Bool {
        guard case .bool(let bool) = value else { throw mismatch(Bool.self, "true or false") }
        return bool
    }

    private func integer<Integer: FixedWidthInteger>(_ type: Integer.Type) throws -> Integer {
        guard case .number(let number) = value else { throw mismatch(type, "an integer") }
        guard let integer = number.exactly(type) else {
            throw corrupted("expected an integer from \(Integer.min) to \(Integer.max)")
        }
        return integer
    }

    private func double(_ type: Any.Type) throws -> Double {
        guard case .number(let number) = value else { throw mismatch(type, "a number") }
        let double = number.double
        guard type == Float.self ? Float(double).isFinite : double.isFinite else {
            throw corrupted("expected a number in the range of \(type)")
        }
        return double
    }

    // MARK: - Errors

    private func mismatch(_ type: Any.Type, _ expected: String) -> DecodingError {
        let context = DecodingError.Context(
            codingPath: codingPath,
            debugDescription: "expected \(expected), found \(value.kindName)")
        return value.isNull ? .valueNotFound(type, context) : .typeMismatch(type, context)
    }

    private func corrupted(_ expectation: String) -> DecodingError {
        .dataCorrupted(
            .init(codingPath: codingPath, debugDescription: "\(expectation), found \(value.text)"))
    }
}
