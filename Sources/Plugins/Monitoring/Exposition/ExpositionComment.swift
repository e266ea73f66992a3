/// A comment that says something: metadata of a family, or that the text is over.
enum ExpositionComment: Sendable, Equatable {
    /// What is said about a family of metrics.
    struct Metadata: Sendable, Equatable {
        enum Kind: Sendable, Equatable {
            case help
            case type(ExpositionType)
            case unit(String)
        }

        var family: String
        var kind: Kind
    }

    case metadata(Metadata)
    case end
}

extension ExpositionComment {
    /// Reads a line that begins with `#`; nil when it is a remark for people.
    init?(
        _ text: UnsafeRawBufferPointer, _ format: ExpositionFormat, _ line: Int
    ) throws(ExpositionError) {
        func failure(_ reason: String) -> ExpositionError {
            ExpositionError(line: line, reason: reason)
        }
        if format == .openMetrics, text.elementsEqual(Array("# EOF".utf8)) {
            self = .end
            return
        }
        var words = Words(text.dropFirst(), format)
        let keyword = words.next()
        let isKnown =
            ["HELP", "TYPE"].contains(keyword) || format == .openMetrics && keyword == "UNIT"
        guard isKnown else {
            guard format == .text else { throw failure("a comment is none of HELP, TYPE and UNIT") }
            return nil
        }
        guard let family = words.nextName() else {
            throw failure("\(keyword) is not followed by a metric's name")
        }
        let rest = words.rest
        switch keyword {
        case "TYPE":
            guard let type = ExpositionType(rawValue: rest), type.isKnown(in: format) else {
                throw failure("\(ExpositionBytes.shown(rest.utf8)) is no type of metric")
            }
            self = .metadata(Metadata(family: family, kind: .type(type)))
        case "UNIT":
            guard rest.isEmpty || family.hasSuffix("_\(rest)") else {
                throw failure("the name \(family) does not end in its unit, _\(rest)")
            }
            self = .metadata(Metadata(family: family, kind: .unit(rest)))
        default:
            self = .metadata(Metadata(family: family, kind: .help))
        }
    }

    /// The words of a comment.
    private struct Words {
        private var bytes: Slice<UnsafeRawBufferPointer>
        private let format: ExpositionFormat

        init(_ bytes: Slice<UnsafeRawBufferPointer>, _ format: ExpositionFormat) {
            self.bytes = bytes
            self.format = format
        }

        private mutating func skipBlanks() {
            while let byte = bytes.first, ExpositionBytes.isBlank(byte) {
                bytes = bytes.dropFirst()
            }
        }

        mutating func next() -> String {
            skipBlanks()
            let word = bytes.prefix { !ExpositionBytes.isBlank($0) }
            bytes = bytes.dropFirst(word.count)
            return String(decoding: word, as: UTF8.self)
        }

        /// A metric's name, which may be quoted; nil when there is none.
        mutating func nextName() -> String? {
            skipBlanks()
            guard bytes.first == UInt8(ascii: "\"") else {
                let name = next()
                let isName = name.utf8.enumerated().allSatisfy {
                    ExpositionBytes.isName($1, isFirst: $0 == 0)
                }
                return isName && !name.isEmpty ? name : nil
            }
            let text = bytes.dropFirst()
            var end = text.startIndex
            while end < text.endIndex, text[end] != UInt8(ascii: "\"") {
                end += text[end] == UInt8(ascii: "\\") ? 2 : 1
            }
            guard end < text.endIndex, end > text.startIndex else { return nil }
            bytes = bytes[(end + 1)...]
            return String(decoding: text[..<end], as: UTF8.self)
        }

        /// What is left, without the blanks around it.
        var rest: String {
            var rest = bytes
            while let byte = rest.first, ExpositionBytes.isBlank(byte) { rest = rest.dropFirst() }
            while let byte = rest.last, ExpositionBytes.isBlank(byte) { rest = rest.dropLast() }
            return String(decoding: rest, as: UTF8.self)
        }
    }
}
