/// Reads comma-separated values by RFC 4180, as spreadsheets write them.
///
/// Fields may be in quotes and then hold delimiters, line ends and doubled quotes. Where the first
/// line has more semicolons or tabs than commas, those delimit. A byte-order mark is skipped.
public struct CSVReader {
    /// One record, and the line on which it begins.
    public struct Line: Equatable, Sendable {
        /// The number of the line, from 1.
        public var number: Int
        /// The fields, without their quotes.
        public var fields: [String]

        /// Makes a record.
        public init(number: Int, fields: [String]) {
            self.number = number
            self.fields = fields
        }
    }

    /// What is wrong, and where.
    public struct Mistake: Error, Equatable {
        /// The number of the line, from 1.
        public var line: Int
        /// What is wrong there.
        public var reason: String
    }

    private let bytes: [UInt8]
    private let delimiter: UInt8
    private var place = 0
    private var line = 1

    private init(_ text: String) {
        let bytes = Array(text.utf8)
        self.bytes = bytes
        delimiter = Self.delimiter(bytes)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
    }

    /// Reads all lines; empty ones are skipped.
    public static func lines(of text: String) throws(Mistake) -> [Line] {
        var reader = CSVReader(text)
        var lines: [Line] = []
        while let line = try reader.next() {
            if line.fields != [""] { lines.append(line) }
        }
        return lines
    }

    /// Reads the bytes of each record, for a text that is to be cut between them.
    static func places(of text: String) throws(Mistake) -> [(line: Int, bytes: Range<Int>)] {
        var reader = CSVReader(text)
        var places: [(line: Int, bytes: Range<Int>)] = []
        while true {
            let start = reader.place
            guard let line = try reader.next() else { return places }
            if line.fields != [""] { places.append((line.number, start..<reader.place)) }
        }
    }

    private static func delimiter(_ bytes: [UInt8]) -> UInt8 {
        let first = bytes.prefix { $0 != newline && $0 != carriageReturn }
        let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
        let counts = candidates.map { candidate in first.count { $0 == candidate } }
        let most = counts.max() ?? 0
        return zip(candidates, counts).first { $0.1 == most }?.0 ?? candidates[0]
    }

    private mutating func next() throws(Mistake) -> Line? {
        guard place < bytes.count else { return nil }
        var record = Line(number: line, fields: [])
        while true {
            record.fields.append(try field())
            guard place < bytes.count, bytes[place] == delimiter else { break }
            place += 1
        }
        endLine()
        return record
    }

    private mutating func field() throws(Mistake) -> String {
        guard place < bytes.count, bytes[place] == Self.quote else {
            let start = place
            while place < bytes.count, !isEnd(bytes[place]) { place += 1 }
            return String(decoding: bytes[start..<place], as: UTF8.self)
        }
        let opened = line
        place += 1
        var text: [UInt8] = []
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if byte == Self.quote {
                guard place < bytes.count, bytes[place] == Self.quote else {
                    return try closed(text)
                }
                place += 1
            }
            if byte == Self.newline { line += 1 }
            text.append(byte)
        }
        throw Mistake(line: opened, reason: "a quote is opened and never closed")
    }

    private func closed(_ text: [UInt8]) throws(Mistake) -> String {
        guard place == bytes.count || isEnd(bytes[place]) else {
            throw Mistake(line: line, reason: "text follows a closing quote")
        }
        return String(decoding: text, as: UTF8.self)
    }

    private func isEnd(_ byte: UInt8) -> Bool {
        byte == delimiter || byte == Self.newline || byte == Self.carriageReturn
    }

    private mutating func endLine() {
        if place < bytes.count, bytes[place] == Self.carriageReturn { place += 1 }
        if place < bytes.count, bytes[place] == Self.newline { place += 1 }
        line += 1
    }

    private static let quote = UInt8(ascii: "\"")
    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
}
