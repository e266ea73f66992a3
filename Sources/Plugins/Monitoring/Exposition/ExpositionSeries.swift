/// The name and labels of a sample, read from its text.
struct ExpositionSeries: Sendable, Equatable {
    var name: String
    var labels: [String: String] = [:]

    /// A text that cannot be read, with what is wrong with it.
    struct Malformed: Error, Equatable {
        var reason: String
    }
}

extension ExpositionSeries {
    /// Reads `name{label="value"}` or `{"name","label"="value"}`.
    init(parsing bytes: UnsafeRawBufferPointer) throws(Malformed) {
        var reader = Reader(bytes)
        name = try reader.plainName(allowingColon: true)
        if reader.take("{") { try readLabels(&reader) }
        try reader.end()
        guard !name.isEmpty else { throw Malformed(reason: "the metric has no name") }
    }

    /// Reads labels alone, as an exemplar has them.
    static func labels(parsing bytes: UnsafeRawBufferPointer) throws(Malformed) {
        var series = ExpositionSeries(name: "exemplar")
        var reader = Reader(bytes)
        _ = reader.take("{")
        try series.readLabels(&reader)
        try reader.end()
    }

    private mutating func readLabels(_ reader: inout Reader) throws(Malformed) {
        while !reader.take("}") {
            if reader.isAtQuote {
                let text = try reader.quoted()
                if reader.take("=") {
                    try add(text, reader.quoted())
                } else {
                    try setName(text)
                }
            } else {
                let label = try reader.plainName(allowingColon: false)
                guard !label.isEmpty else { throw reader.unexpected("a label's name") }
                guard reader.take("=") else { throw reader.unexpected("=") }
                try add(label, reader.quoted())
            }
            if !reader.take(","), !reader.isAt("}") { throw reader.unexpected(", or }") }
        }
    }

    private mutating func setName(_ text: String) throws(Malformed) {
        guard name.isEmpty else { throw Malformed(reason: "the metric has two names") }
        guard !text.isEmpty else { throw Malformed(reason: "the metric's name is empty") }
        name = text
    }

    private mutating func add(_ label: String, _ value: String) throws(Malformed) {
        guard !label.isEmpty else { throw Malformed(reason: "a label's name is empty") }
        guard label != "__name__" else {
            throw Malformed(reason: "the label __name__ is the metric's name")
        }
        guard labels.updateValue(value, forKey: label) == nil else {
            throw Malformed(reason: "the label \"\(label)\" stands twice")
        }
    }

    /// Goes through the text of a series.
    private struct Reader {
        private let bytes: UnsafeRawBufferPointer
        private var position = 0

        init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

        private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

        private mutating func skipBlanks() {
            while let byte = next, ExpositionBytes.isBlank(byte) { position += 1 }
        }

        func isAt(_ character: Unicode.Scalar) -> Bool { next == UInt8(ascii: character) }

        var isAtQuote: Bool { isAt("\"") }

        /// Takes a character with the blanks around it; false when another one stands there.
        mutating func take(_ character: Unicode.Scalar) -> Bool {
            skipBlanks()
            guard isAt(character) else { return false }
            position += 1
            skipBlanks()
            return true
        }

        /// Takes a name that needs no quotes; empty when there is none.
        mutating func plainName(allowingColon: Bool) throws(Malformed) -> String {
            let start = position
            while let byte = next,
                ExpositionBytes.isName(byte, isFirst: position == start),
                allowingColon || byte != UInt8(ascii: ":")
            { position += 1 }
            return try text(bytes[start..<position])
        }

        /// Takes a text in quotes; a backslash that escapes nothing stands for itself.
        mutating func quoted() throws(Malformed) -> String {
            guard isAtQuote else { throw unexpected("a text in quotes") }
            position += 1
            let start = position
            var hasEscapes = false
            while let byte = next, byte != UInt8(ascii: "\"") {
                if byte == UInt8(ascii: "\\") {
                    hasEscapes = true
                    position += 1
                }
                position += 1
            }
            guard next != nil else { throw unexpected("\"") }
            let raw = bytes[start..<position]
            position += 1
            skipBlanks()
            return try hasEscapes ? text(unescaped(raw)) : text(raw)
        }

        private func unescaped(_ raw: Slice<UnsafeRawBufferPointer>) -> [UInt8] {
            var plain: [UInt8] = []
            var rest = raw
            while let byte = rest.popFirst() {
                guard byte == UInt8(ascii: "\\"), let escaped = rest.first else {
                    plain.append(byte)
                    continue
                }
                switch escaped {
                case UInt8(ascii: "n"): plain.append(UInt8(ascii: "\n"))
                case UInt8(ascii: "\\"), UInt8(ascii: "\""): plain.append(escaped)
                default: plain += [byte, escaped]
                }
                rest = rest.dropFirst()
            }
            return plain
        }

        private func text(_ bytes: some Collection<UInt8>) throws(Malformed) -> String {
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw Malformed(reason: "a name or a label is not UTF-8")
            }
            return text
        }

        func end() throws(Malformed) {
            guard position == bytes.count else { throw unexpected("the end of the series") }
        }

        func unexpected(_ wanted: String) -> Malformed {
            let found = next.map { ExpositionBytes.shown([$0]) } ?? "nothing"
            return Malformed(reason: "expected \(wanted) instead of \(found)")
        }
    }
}
