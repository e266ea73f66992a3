import Testing

@testable import OpsCore

@Suite struct ChunkTests {
    /// What a chunk gives back for everything in it.
    static func read(
        _ bytes: [UInt8], from: Int64 = .min, to: Int64 = .max
    ) throws -> [Sample] {
        var samples: [Sample] = []
        try Chunk.read(bytes, from: from, to: to, into: &samples)
        return samples
    }

    static func samples(
        _ values: [Double], from start: Int64 = 1_795_220_568_112, every step: Int64 = 1000
    ) -> [Sample] {
        values.enumerated().map { Sample(at: start + Int64($0) * step, value: $1) }
    }

    static let shapes: [String: [Double]] = [
        "constant": Array(repeating: 42.5, count: 500),
        "counter": (0..<500).map { Double($0 * $0) },
        "decimals": (0..<500).map { Double($0 % 37) / 10 },
        "one": [3.25],
        "two": [1, -1],
        "special": [
            .nan, .infinity, -.infinity, 0, -0.0, .signalingNaN, .leastNonzeroMagnitude,
            .greatestFiniteMagnitude,
            Double(bitPattern: 0x7FF0_0000_0000_0002), Double(bitPattern: .max),
        ],
    ]

    @Test(arguments: shapes.keys.sorted())
    func `values come back bit by bit`(shape: String) throws {
        let samples = Self.samples(try #require(Self.shapes[shape]))
        let chunk = Chunk(samples)
        #expect(try Self.read(chunk.bytes) == samples)
        #expect(chunk.count == samples.count)
        #expect(chunk.startAt == samples.first?.at && chunk.endAt == samples.last?.at)
    }

    @Test(arguments: 1...40)
    func `random samples come back bit by bit`(seed: UInt64) throws {
        var random = SeriesRandom(seed: seed)
        var at = Int64.random(in: -1_000_000_000_000...1_000_000_000_000, using: &random)
        var value = Double.random(in: -1000...1000, using: &random)
        let gaps: [Int64] = [3, 90, 2000, 600_000, 1 << 40]
        let samples = (0..<Int.random(in: 1...700, using: &random)).map { _ in
            at += Int64.random(in: 1...gaps[Int(seed % 5)], using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: value = Double(bitPattern: random.next())
            case 1: value = Double(Int.random(in: -10_000...10_000, using: &random))
            case 2: value += Double.random(in: -1...1, using: &random)
            case 3: value = (value * 100).rounded() / 100
            default: break
            }
            return Sample(at: at, value: value)
        }
        #expect(try Self.read(Chunk(samples).bytes) == samples)
    }

    @Test func `gaps as wide as time itself come back`() throws {
        let instants: [Int64] = [
            .min, .min + 1, -1 << 62, -1, 0, 1, 64, 128, 3000, 1 << 21, 1 << 50, .max - 1, .max,
        ]
        let samples = instants.map { Sample(at: $0, value: Double($0)) }
        #expect(try Self.read(Chunk(samples).bytes) == samples)
    }

    @Test func `a steady constant costs two bits a sample`() {
        let chunk = Chunk(Self.samples((0..<4000).map { _ in 1 }))
        #expect(chunk.bytes.count < 4000 / 4 + 40)
    }

    @Test func `only the asked range is read`() throws {
        let samples = Self.samples((0..<100).map(Double.init), from: 0, every: 10)
        let part = try Self.read(Chunk(samples).bytes, from: 95, to: 200)
        #expect(part == Array(samples[10...20]))
    }

    @Test func `every cut is noticed`() {
        let bytes = Chunk(Self.samples((0..<50).map { Double($0) * 1.1 })).bytes
        for count in 0..<bytes.count {
            #expect(throws: ChunkError.self) { try Self.read(Array(bytes[..<count])) }
        }
    }

    @Test func `every flipped bit is noticed`() {
        let bytes = Chunk(Self.samples((0..<50).map { Double($0) * 1.1 })).bytes
        for bit in 0..<(bytes.count * 8) {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: ChunkError.self) { try Self.read(damaged) }
        }
    }

    @Test func `an unknown version is refused by name`() {
        var bytes = Chunk(Self.samples([1, 2])).bytes
        bytes[0] = 9
        #expect(throws: ChunkError.unsupportedVersion(9)) { try Self.read(bytes) }
        #expect(ChunkError.unsupportedVersion(9).description.contains("format version 9"))
    }

    @Test func `an unknown encoding is refused by name`() {
        var bytes = Chunk(Self.samples([1, 2])).bytes
        bytes[1] = 77
        let header = bytes[..<14].withUnsafeBytes { CRC32C.of($0) }
        let checksum = bytes[18...].withUnsafeBytes { CRC32C.of($0, continuing: header) }
        withUnsafeBytes(of: checksum.littleEndian) { bytes.replaceSubrange(14..<18, with: $0) }
        #expect(throws: ChunkError.unsupportedEncoding(77)) { try Self.read(bytes) }
    }

    @Test func `random payloads never trap`() {
        var random = SeriesRandom(seed: 7)
        for _ in 0..<500 {
            let payload = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                UInt8.random(in: .min ... .max, using: &random)
            }
            let read = payload.withUnsafeBytes { buffer in
                var decoder = ChunkDecoder(payload: buffer, count: 5000, firstAt: 0)
                var count = 0
                while let sample = try? decoder.next(), sample.at != 1 { count += 1 }
                return count
            }
            #expect(read <= 1601)
        }
    }

    @Test func `the checksum is Castagnoli's`() {
        let check = Array("123456789".utf8).withUnsafeBytes { CRC32C.of($0) }
        #expect(check == 0xE306_9283)
        let zeros = [UInt8](repeating: 0, count: 32).withUnsafeBytes { CRC32C.of($0) }
        #expect(zeros == 0x8A91_36AA)
    }
}
