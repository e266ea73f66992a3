/// Cuts a file that is imported into pieces that fit into a request each.
///
/// A piece is a text of its own: one of CSV begins with the file's first line. Nothing is cut but
/// between two records.
public enum ImportPieces {
    /// One part of a file.
    public struct Piece: Sendable, Equatable {
        /// The text, which can be imported as it is.
        public var text: String
        /// The number of the first record's line in the file.
        public var firstLine: Int
        /// How many records there are.
        public var records: Int
    }

    /// Cuts a text into pieces of at most so many records, and so many bytes where one record is no
    /// more than that.
    ///
    /// - Throws: ``CSVReader/Mistake`` where the text cannot be told into records.
    public static func cut(
        _ text: String, _ format: ImportFormat, records: Int, bytes: Int
    ) throws(CSVReader.Mistake) -> [Piece] {
        var places =
            format.resolved(for: text) == .csv
            ? try CSVReader.places(of: text) : lines(of: text)
        let all = Array(text.utf8)
        var header: [UInt8] = []
        if format.resolved(for: text) == .csv {
            guard let first = places.first else { return [] }
            header = all[first.bytes].filter { $0 != newline && $0 != carriageReturn } + [newline]
            places.removeFirst()
        }
        var pieces: [Piece] = []
        var rest = places[...]
        while let first = rest.first {
            let room = first.bytes.lowerBound + max(bytes - header.count, 0)
            let fitting = rest.prefix(records).prefix { $0.bytes.upperBound <= room }
            let taken = fitting.isEmpty ? rest.prefix(1) : fitting
            let end = taken.last?.bytes.upperBound ?? first.bytes.upperBound
            pieces.append(
                Piece(
                    text: String(
                        decoding: header + all[first.bytes.lowerBound..<end], as: UTF8.self),
                    firstLine: first.line, records: taken.count))
            rest = rest.dropFirst(taken.count)
        }
        return pieces
    }

    private static func lines(of text: String) -> [(line: Int, bytes: Range<Int>)] {
        var places: [(line: Int, bytes: Range<Int>)] = []
        var (line, start) = (0, 0)
        let all = Array(text.utf8)
        for part in all.split(separator: newline, omittingEmptySubsequences: false) {
            line += 1
            let end = min(start + part.count + 1, all.count)
            let isBlank = part.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == carriageReturn }
            if !isBlank { places.append((line, start..<end)) }
            start = end
        }
        return places
    }

    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
}
