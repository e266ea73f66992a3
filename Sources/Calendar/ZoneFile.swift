internal import Glibc

/// Reads compiled zone files (TZif, RFC 8536).
enum ZoneFile {
    private static let folder = "/usr/share/zoneinfo"
    /// The largest is a tenth of this.
    private static let maxBytes = 65_536

    static func bytes(of name: String) -> [UInt8]? {
        guard let file = fopen("\(folder)/\(name)", "rbe") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: maxBytes)
        let count = fread(&bytes, 1, bytes.count, file)
        return Array(bytes.prefix(count))
    }

    /// Nil when it is no such file, or one of the first version, which ends in 2037.
    static func read(_ bytes: [UInt8]) -> ZoneHistory? {
        var reader = ZoneReader(bytes: bytes)
        guard let old = reader.header(), old.version >= UInt8(ascii: "2"),
            reader.skip(old.size(ofTime: 4)), let header = reader.header()
        else { return nil }
        return reader.history(header)
    }
}

/// Reads a zone file from left to right.
private struct ZoneReader {
    struct Header {
        let version: UInt8
        let utcFlags, standardFlags, leaps, times, types, characters: Int

        func size(ofTime width: Int) -> Int {
            times * (width + 1) + types * 6 + characters + leaps * (width + 4) + standardFlags
                + utcFlags
        }
    }

    let bytes: [UInt8]
    private var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func header() -> Header? {
        guard let start = take(44), bytes[start..<start + 4].elementsEqual("TZif".utf8) else {
            return nil
        }
        let counts = (0..<6).map { Int(number(at: start + 20 + $0 * 4, width: 4)) }
        guard counts.allSatisfy({ 0...100_000 ~= $0 }), counts[4] > 0 else { return nil }
        return Header(
            version: bytes[start + 4], utcFlags: counts[0], standardFlags: counts[1],
            leaps: counts[2], times: counts[3], types: counts[4], characters: counts[5])
    }

    mutating func skip(_ count: Int) -> Bool { take(count) != nil }

    mutating func history(_ header: Header) -> ZoneHistory? {
        guard let times = take(header.times * 8), let indexes = take(header.times),
            let types = take(header.types * 6),
            skip(header.size(ofTime: 8) - header.times * 9 - header.types * 6)
        else { return nil }
        let offsets = (0..<header.types).map { number(at: types + $0 * 6, width: 4) }
        var history = ZoneHistory(changes: [], first: offsets[0], rule: nil)
        for index in 0..<header.times {
            let type = Int(bytes[indexes + index])
            guard offsets.indices.contains(type) else { return nil }
            history.changes.append((number(at: times + index * 8, width: 8), offsets[type]))
        }
        history.rule = ZoneRule(footer)
        return history
    }

    /// The text between the line ends behind the data.
    private var footer: String {
        let rest = bytes[position...].dropFirst().prefix { $0 != UInt8(ascii: "\n") }
        return String(decoding: rest, as: UTF8.self)
    }

    private mutating func take(_ count: Int) -> Int? {
        guard count >= 0, bytes.count - position >= count else { return nil }
        defer { position += count }
        return position
    }

    /// A number with its sign, the highest byte first.
    private func number(at index: Int, width: Int) -> Int64 {
        let raw = bytes[index..<index + width].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return width == 8 ? Int64(bitPattern: raw) : Int64(Int32(truncatingIfNeeded: raw))
    }
}
