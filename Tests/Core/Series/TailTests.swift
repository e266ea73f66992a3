import Testing

@testable import OpsCore

@Suite struct TailTests {
    struct Entry: Equatable {
        var id: SeriesID
        var sample: Sample
    }

    static func read(_ bytes: [UInt8]) throws -> [Entry] {
        var entries: [Entry] = []
        try TailReader.read(bytes) { entries.append(Entry(id: $0, sample: $1)) }
        return entries
    }

    static func entries(seed: UInt64) -> [Entry] {
        var random = SeriesRandom(seed: seed)
        return (0..<300).map { _ in
            let value =
                Bool.random(using: &random)
                ? Double(bitPattern: random.next()) : Double.random(in: 0...9, using: &random)
            let at = Int64(bitPattern: random.next()) >> Int64.random(in: 0...63, using: &random)
            return Entry(
                id: SeriesID.random(in: .min ... .max, using: &random),
                sample: Sample(at: at, value: value))
        }
    }

    static func bytes(of entries: [Entry]) -> [UInt8] {
        var writer = TailWriter()
        for entry in entries { writer.append(entry.sample, of: entry.id) }
        return writer.bytes
    }

    @Test(arguments: 1...10)
    func `random samples of many series come back in order`(seed: UInt64) throws {
        let entries = Self.entries(seed: seed)
        #expect(try Self.read(Self.bytes(of: entries)) == entries)
    }

    @Test func `every cut and every flipped bit is noticed`() {
        let bytes = Self.bytes(of: Array(Self.entries(seed: 3).prefix(20)))
        for count in 0..<bytes.count {
            #expect(throws: ChunkError.self) { try Self.read(Array(bytes[..<count])) }
        }
        for bit in 0..<(bytes.count * 8) {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: ChunkError.self) { try Self.read(damaged) }
        }
    }

    @Test func `an unknown version is refused by name`() {
        var bytes = Self.bytes(of: Self.entries(seed: 4))
        bytes[0] = 2
        #expect(throws: ChunkError.unsupportedVersion(2)) { try Self.read(bytes) }
    }
}
