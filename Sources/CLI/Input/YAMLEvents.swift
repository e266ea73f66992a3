import CYAML

/// One event of libyaml's parser.
struct YAMLEvent {
    enum Kind {
        case documentStart, documentEnd, streamEnd
        case alias(String)
        case scalar(String, isPlain: Bool)
        case sequenceStart, sequenceEnd, mappingStart, mappingEnd
        case other
    }

    var kind: Kind
    var anchor: String?
    var tag: String?
    var line: Int
    var column: Int

    /// What is wrong at this place.
    func refusal(_ reason: String) -> YAMLReader.Refusal {
        YAMLReader.Refusal(reason: reason, line: line, column: column)
    }
}

/// The events of a YAML text, one after the other.
final class YAMLEvents {
    private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    /// What the parser reads; it keeps no copy.
    private let input: UnsafeMutableBufferPointer<UInt8>

    init(_ text: String) {
        input = .allocate(capacity: text.utf8.count)
        _ = input.initialize(from: text.utf8)
        yaml_parser_initialize(parser)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    func next() throws -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw refusal }
        defer { yaml_event_delete(&event) }
        let place = event.start_mark
        var read = YAMLEvent(kind: .other, line: Int(place.line) + 1, column: Int(place.column) + 1)
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: read.kind = .documentStart
        case YAML_DOCUMENT_END_EVENT: read.kind = .documentEnd
        case YAML_STREAM_END_EVENT: read.kind = .streamEnd
        case YAML_ALIAS_EVENT: read.kind = .alias(Self.text(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            read.kind = .scalar(
                String(decoding: bytes, as: UTF8.self),
                isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
            (read.anchor, read.tag) = (Self.text(scalar.anchor), Self.text(scalar.tag))
        case YAML_SEQUENCE_START_EVENT:
            read.kind = .sequenceStart
            read.anchor = Self.text(event.data.sequence_start.anchor)
        case YAML_SEQUENCE_END_EVENT: read.kind = .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            read.kind = .mappingStart
            read.anchor = Self.text(event.data.mapping_start.anchor)
        case YAML_MAPPING_END_EVENT: read.kind = .mappingEnd
        default: break
        }
        return read
    }

    private var refusal: YAMLReader.Refusal {
        let state = parser.pointee
        let place = state.problem_mark
        return YAMLReader.Refusal(
            reason: state.problem.map { String(cString: $0) } ?? "it cannot be read",
            line: Int(place.line) + 1, column: Int(place.column) + 1)
    }

    private static func text(_ bytes: UnsafeMutablePointer<UInt8>?) -> String? {
        bytes.map { String(cString: $0) }
    }
}
