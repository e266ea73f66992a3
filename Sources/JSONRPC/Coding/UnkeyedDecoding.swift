/// Reads the elements of an array, one after the other.
struct UnkeyedDecoding: UnkeyedDecodingContainer {
    let elements: [JSON]
    let path: CodingPath
    let strictness: ValueDecoder.Strictness
    private(set) var currentIndex = 0

    init(elements: [JSON], path: CodingPath, strictness: ValueDecoder.Strictness = .lenient) {
        self.elements = elements
        self.path = path
        self.strictness = strictness
    }

    var codingPath: [any CodingKey] { path.keys }
    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex >= elements.count }

    /// Steps over the element only when it is `null`, as the protocol asks.
    mutating func decodeNil() throws -> Bool {
        guard try element().value.isNull else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let value = try element().decode(type)
        currentIndex += 1
        return value
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        let container = try element().container(keyedBy: type)
        currentIndex += 1
        return container
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let container = try element().unkeyedContainer()
        currentIndex += 1
        return container
    }

    mutating func superDecoder() throws -> any Decoder {
        let decoder = try element()
        currentIndex += 1
        return decoder
    }

    private func element() throws -> ValueDecoder {
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(
                Any.self,
                .init(
                    codingPath: path.keys,
                    debugDescription: "the array has only \(elements.count) elements"))
        }
        return ValueDecoder(
            value: elements[currentIndex], path: .element(path, currentIndex),
            strictness: strictness)
    }
}
