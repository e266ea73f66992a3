/// Encodes one value into a `JSON`.
///
/// A class, because the containers that it hands out write into it.
final class ValueEncoder: Encoder {
    /// Where a container that was asked for, rather than encoded at once, will stand.
    private enum Place {
        case member(String)
        case element(Int)
    }

    private enum Content {
        case nothing
        case value(JSON)
        case members(JSON.Object)
        case elements([JSON])
    }

    let path: CodingPath
    let userInfo: [CodingUserInfoKey: Any] = [:]
    private var content = Content.nothing
    private var pending: [(Place, ValueEncoder)] = []

    init(path: CodingPath) { self.path = path }

    var codingPath: [any CodingKey] { path.keys }

    /// The path is made only where it is needed: most values are scalars.
    static func encode<T: Encodable>(
        _ value: T, at path: @autoclosure () -> CodingPath
    ) throws -> JSON {
        if let scalar = try scalar(value, at: path()) { return scalar }
        let encoder = ValueEncoder(path: path())
        try value.encode(to: encoder)
        return encoder.finish()
    }

    /// The JSON of the types that the library encodes itself; nil for any other.
    private static func scalar<T: Encodable>(
        _ value: T, at path: @autoclosure () -> CodingPath
    ) throws -> JSON? {
        // Comparing types first spares the casts, which are slow, for everything else.
        if T.self == String.self, let value = value as? String { return .string(value) }
        if T.self == Int.self, let value = value as? Int { return .number(JSON.Number(value)) }
        if T.self == JSON.self, let value = value as? JSON { return value }
        if T.self == Bool.self, let value = value as? Bool { return .bool(value) }
        if T.self == Double.self || T.self == Float.self {
            return try number(value as? any BinaryFloatingPoint, at: path())
        }
        return (value as? any BinaryInteger).map { .number(JSON.Number($0)) }
    }

    private static func number(
        _ value: (any BinaryFloatingPoint)?, at path: CodingPath
    ) throws -> JSON? {
        guard let value else { return nil }
        if let value = value as? Float, value.isFinite {
            return JSON.Number(text: value.description).map { .number($0) }
        }
        let number = Double(value)
        guard number.isFinite else {
            throw EncodingError.invalidValue(
                value, .init(codingPath: path.keys, debugDescription: "JSON cannot hold \(number)"))
        }
        return .number(JSON.Number(number))
    }

    /// What has been encoded; an empty object when nothing has.
    func finish() -> JSON {
        for (place, encoder) in pending {
            switch place {
            case .member(let name): set(encoder.finish(), for: name)
            case .element(let index): set(encoder.finish(), at: index)
            }
        }
        switch content {
        case .nothing: return .object(JSON.Object())
        case .value(let value): return value
        case .members(let members): return .object(members)
        case .elements(let elements): return .array(elements)
        }
    }

    // MARK: - Encoder

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        beginMembers()
        return KeyedEncodingContainer(
            KeyedEncoding<Key>(encoder: self, naming: KeyNaming(type)))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        beginElements()
        return UnkeyedEncoding(encoder: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        SingleValueEncoding(encoder: self)
    }

    // MARK: - Writing

    func set(_ value: JSON) { content = .value(value) }

    func set(_ value: JSON, for name: String) {
        guard case .members(var members) = content else { return beginMembers() }
        // Without this the object is shared for a moment and copied at every member.
        content = .nothing
        members.set(value, for: name)
        content = .members(members)
    }

    func append(_ value: JSON) {
        guard case .elements(var elements) = content else { return beginElements() }
        content = .nothing
        elements.append(value)
        content = .elements(elements)
    }

    var elementCount: Int {
        if case .elements(let elements) = content { elements.count } else { 0 }
    }

    /// An encoder for a member that will be complete only at the end.
    func child(for name: String) -> ValueEncoder {
        set(.null, for: name)
        let encoder = ValueEncoder(path: .member(path, name))
        pending.append((.member(name), encoder))
        return encoder
    }

    /// An encoder for an element that will be complete only at the end.
    func childElement() -> ValueEncoder {
        let encoder = ValueEncoder(path: .element(path, elementCount))
        pending.append((.element(elementCount), encoder))
        append(.null)
        return encoder
    }

    private func set(_ value: JSON, at index: Int) {
        guard case .elements(var elements) = content else { return }
        elements[index] = value
        content = .elements(elements)
    }

    /// A type may ask for its container twice, as a class and its superclass do.
    private func beginMembers() {
        if case .members = content { return }
        content = .members(JSON.Object())
    }

    private func beginElements() {
        if case .elements = content { return }
        content = .elements([])
    }
}
