internal import Glibc

/// Reads an exposition, one sample after the other; strict, so that a text that was cut or damaged
/// is refused and not half believed.
///
/// It goes once over the bytes and leaves names and labels where they stand, because a scraper
/// mostly knows them from the scrape before; who does not reads them with ``ExpositionSeries``.
/// Comments are read as far as it takes to tell a whole text from a damaged one.
struct ExpositionParser {
    let bytes: UnsafeRawBufferPointer
    private let format: ExpositionFormat
    private var position = 0
    /// The line that was read last, counted from 1.
    private(set) var line = 0
    private var families = ExpositionFamilies()
    private var isOver = false

    /// Reads from `bytes`, which have to stay valid as long as the parser is used.
    init(_ bytes: UnsafeRawBufferPointer, _ format: ExpositionFormat) {
        self.bytes = bytes
        self.format = format
    }

    /// The next sample; nil after the last.
    mutating func next() throws(ExpositionError) -> ExpositionSample? {
        while position < bytes.count {
            line += 1
            guard let end = lineEnd else {
                throw failure("the text ends in the middle of a line")
            }
            if isOver { throw failure("there is something after # EOF") }
            if format == .text { skipBlanks() }
            defer { position = end + 1 }
            if bytes[position] == UInt8(ascii: "#") {
                try readComment(to: end)
            } else if position < end {
                return try readSample(to: end)
            } else if format == .openMetrics {
                throw failure("the line is empty")
            }
        }
        if format == .openMetrics, !isOver {
            line += 1
            throw failure("the text ends without # EOF")
        }
        return nil
    }

    private var lineEnd: Int? {
        guard let base = bytes.baseAddress,
            let found = memchr(base + position, CInt(UInt8(ascii: "\n")), bytes.count - position)
        else {
            return isLastLineOfOpenMetrics ? bytes.count : nil
        }
        return UnsafeRawPointer(found) - base
    }

    /// `# EOF` says by itself that the line is whole.
    private var isLastLineOfOpenMetrics: Bool {
        format == .openMetrics && bytes[position...].elementsEqual(Array("# EOF".utf8))
    }

    // MARK: - Samples

    private mutating func readSample(to end: Int) throws(ExpositionError) -> ExpositionSample {
        let start = position
        try skipSeries(to: end)
        let series = start..<position
        if format == .openMetrics { try families.noteSample(name(of: series), line) }
        let isNameAlone = bytes[position - 1] != UInt8(ascii: "}")
        try skipGap(isRequired: isNameAlone || format == .openMetrics, before: "a value", to: end)
        let value = try number(token(to: end), called: "value")
        var sample = ExpositionSample(series: series, value: value)
        switch format {
        case .text: sample.timestamp = try readMilliseconds(to: end)
        case .openMetrics:
            sample.timestamp = try readSeconds(to: end)
            try readExemplar(to: end)
        }
        guard position == end else {
            throw failure("unexpected \(ExpositionBytes.shown(bytes[position..<end]))")
        }
        return sample
    }

    private mutating func skipSeries(to end: Int) throws(ExpositionError) {
        let start = position
        while position < end, ExpositionBytes.isName(bytes[position], isFirst: position == start) {
            position += 1
        }
        let nameEnd = position
        if format == .text { skipBlanks() }
        if position < end, bytes[position] == UInt8(ascii: "{") {
            return try skipLabels(to: end)
        }
        position = nameEnd
        guard position > start else {
            throw failure(
                "expected a metric's name instead of \(ExpositionBytes.shown(bytes[start..<end]))")
        }
    }

    /// Goes to the brace that ends the labels, whatever stands in quotes before.
    private mutating func skipLabels(to end: Int) throws(ExpositionError) {
        var isQuoted = false
        while position < end {
            let byte = bytes[position]
            position += 1
            if isQuoted {
                if byte == UInt8(ascii: "\\") { position += 1 }
                if byte == UInt8(ascii: "\"") { isQuoted = false }
            } else if byte == UInt8(ascii: "}") {
                return
            } else if byte == UInt8(ascii: "\"") {
                isQuoted = true
            }
        }
        position = end
        throw failure(isQuoted ? "a text in quotes has no end" : "the labels have no end")
    }

    private func name(of series: Range<Int>) throws(ExpositionError) -> UnsafeRawBufferPointer {
        let text = UnsafeRawBufferPointer(rebasing: bytes[series])
        if let brace = text.firstIndex(of: UInt8(ascii: "{")) {
            if brace > 0 { return UnsafeRawBufferPointer(rebasing: text[..<brace]) }
            // A quoted name: its family is found by the bytes between the quotes, escapes and all.
            return try quotedName(in: text)
        }
        return text
    }

    private func quotedName(
        in text: UnsafeRawBufferPointer
    ) throws(ExpositionError) -> UnsafeRawBufferPointer {
        guard text.count > 1, text[1] == UInt8(ascii: "\""),
            let end = text[2...].firstIndex(of: UInt8(ascii: "\""))
        else { throw failure("expected a metric's name before its labels") }
        return UnsafeRawBufferPointer(rebasing: text[2..<end])
    }

    private mutating func readMilliseconds(to end: Int) throws(ExpositionError) -> Int64? {
        skipBlanks()
        guard position < end else { return nil }
        let token = token(to: end)
        guard let milliseconds = Int64(String(decoding: token, as: UTF8.self)) else {
            throw failure("\(ExpositionBytes.shown(token)) is no timestamp in milliseconds")
        }
        skipBlanks()
        return milliseconds
    }

    private mutating func readSeconds(to end: Int) throws(ExpositionError) -> Int64? {
        guard position < end, !isAtExemplar(end) else { return nil }
        try skipGap(isRequired: true, before: "a timestamp", to: end)
        return try milliseconds(ofSeconds: token(to: end))
    }

    private func milliseconds(
        ofSeconds token: UnsafeRawBufferPointer
    ) throws(ExpositionError) -> Int64 {
        let seconds = try number(token, called: "timestamp in seconds")
        guard let milliseconds = Int64(exactly: (seconds * 1000).rounded()) else {
            throw failure("\(ExpositionBytes.shown(token)) is no timestamp in seconds")
        }
        return milliseconds
    }

    // MARK: - Exemplars

    private func isAtExemplar(_ end: Int) -> Bool {
        bytes[position..<end].starts(with: [UInt8(ascii: " "), UInt8(ascii: "#")])
    }

    /// Reads ` # {trace_id="x"} 0.5 1.2`; nothing is kept of it.
    private mutating func readExemplar(to end: Int) throws(ExpositionError) {
        guard position < end, isAtExemplar(end) else { return }
        position += 2
        try skipGap(isRequired: true, before: "an exemplar's labels", to: end)
        let start = position
        guard position < end, bytes[position] == UInt8(ascii: "{") else {
            throw failure("an exemplar has no labels")
        }
        try skipLabels(to: end)
        do throws(ExpositionSeries.Malformed) {
            try ExpositionSeries.labels(parsing: .init(rebasing: bytes[start..<position]))
        } catch {
            throw failure("in an exemplar \(error.reason)")
        }
        try skipGap(isRequired: true, before: "an exemplar's value", to: end)
        _ = try number(token(to: end), called: "value")
        if position < end {
            try skipGap(isRequired: true, before: "an exemplar's timestamp", to: end)
            _ = try milliseconds(ofSeconds: token(to: end))
        }
    }

    // MARK: - Comments

    private mutating func readComment(to end: Int) throws(ExpositionError) {
        let text = UnsafeRawBufferPointer(rebasing: bytes[position..<end])
        guard let comment = try ExpositionComment(text, format, line) else { return }
        switch (format, comment) {
        case (.text, _): return
        case (.openMetrics, .end):
            families.end()
            isOver = true
        case (.openMetrics, .metadata(let metadata)): try families.note(metadata, line)
        }
    }

    // MARK: - Pieces of a line

    private mutating func skipBlanks() {
        while position < bytes.count, ExpositionBytes.isBlank(bytes[position]) { position += 1 }
    }

    /// Goes over what is between two parts of a line: one space in OpenMetrics, else any blanks.
    private mutating func skipGap(
        isRequired: Bool, before part: String, to end: Int
    ) throws(ExpositionError) {
        let start = position
        switch format {
        case .text: skipBlanks()
        case .openMetrics where position < end && bytes[position] == UInt8(ascii: " "):
            position += 1
        case .openMetrics: break
        }
        if isRequired, position == start, position < end {
            throw failure(
                "expected a space instead of \(ExpositionBytes.shown(bytes[position..<end]))")
        }
        guard position < end else { throw failure("expected \(part) instead of the line's end") }
    }

    private mutating func token(to end: Int) -> UnsafeRawBufferPointer {
        let start = position
        while position < end, !ExpositionBytes.isBlank(bytes[position]) { position += 1 }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
    }

    private func number(
        _ token: UnsafeRawBufferPointer, called kind: String
    ) throws(ExpositionError) -> Double {
        guard let number = ExpositionNumber.parse(token) else {
            throw failure("\(ExpositionBytes.shown(token)) is no \(kind)")
        }
        return number
    }

    /// An error in the line that was read last.
    func failure(_ reason: String) -> ExpositionError {
        ExpositionError(line: line, reason: reason)
    }
}
