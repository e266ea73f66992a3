/// Writes a value that is neither an object nor an array of its own making.
struct SingleValueEncoding: SingleValueEncodingContainer {
    let encoder: ValueEncoder

    var codingPath: [any CodingKey] { encoder.codingPath }

    func encodeNil() { encoder.set(.null) }

    func encode<T: Encodable>(_ value: T) throws {
        encoder.set(try ValueEncoder.encode(value, at: encoder.path))
    }
}
