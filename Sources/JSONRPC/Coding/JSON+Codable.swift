extension JSON {
    /// Encodes a value; members are called by their wire names, and absent ones are left out.
    ///
    /// - Throws: `EncodingError` for a number that is not finite, or what the value itself throws.
    public init(encoding value: some Encodable) throws {
        self = try ValueEncoder.encode(value, at: .root)
    }

    /// Decodes a value.
    ///
    /// - Throws: `DecodingError`, whose coding path is made of wire names.
    public func decode<T: Decodable>(_ type: T.Type = T.self) throws -> T {
        try ValueDecoder(value: self, path: .root).decode(type)
    }

    /// Decodes a value whose own members the caller knows, and refuses members further below that
    /// their types do not have: what somebody meant by them would be lost without a word.
    ///
    /// - Throws: `DecodingError`, as ``decode(_:)`` does.
    public func decodeKnown<T: Decodable>(_ type: T.Type = T.self) throws -> T {
        try ValueDecoder(value: self, path: .root, strictness: .below).decode(type)
    }
}

extension JSON: Codable {
    /// Takes the value as it is; another decoder than our own may round its numbers.
    public init(from decoder: any Decoder) throws {
        if let decoder = decoder as? ValueDecoder {
            self = decoder.value
        } else {
            self = try Self.read(from: decoder)
        }
    }

    /// Hands the value over as it is; another encoder than our own may round its numbers.
    public func encode(to encoder: any Encoder) throws {
        if let encoder = encoder as? ValueEncoder {
            encoder.set(self)
            return
        }
        if case .object(let members) = self {
            var container = encoder.container(keyedBy: WireKey.self)
            for (key, value) in members { try container.encode(value, forKey: WireKey(key)) }
        } else {
            try encodeAlone(to: encoder)
        }
    }

    private func encodeAlone(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null, .object: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .number(let value):
            if let int = value.int {
                try container.encode(int)
            } else {
                try container.encode(value.double)
            }
        }
    }

    private static func read(from decoder: any Decoder) throws -> JSON {
        if let members = try? decoder.container(keyedBy: WireKey.self) {
            return .object(
                Object(
                    try members.allKeys.map {
                        ($0.stringValue, try members.decode(JSON.self, forKey: $0))
                    }))
        }
        // Each attempt that fails only says that the value is of another type.
        let container = try decoder.singleValueContainer()
        if container.decodeNil() { return .null }
        if let value = try? container.decode(Bool.self) { return .bool(value) }
        if let value = try? container.decode(Int.self) { return .number(Number(value)) }
        if let value = try? container.decode(Double.self) { return .number(Number(value)) }
        if let value = try? container.decode(String.self) { return .string(value) }
        return .array(try container.decode([JSON].self))
    }
}

extension JSON.Object: Codable {
    /// Reads an object of any members.
    public init(from decoder: any Decoder) throws {
        guard case .object(let object) = try JSON(from: decoder) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "must be an object"))
        }
        self = object
    }

    /// Writes the members as they are.
    public func encode(to encoder: any Encoder) throws { try JSON.object(self).encode(to: encoder) }
}
