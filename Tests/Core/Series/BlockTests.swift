import Testing

@testable import OpsCore

@Suite struct BlockTests {
    static let shapes: [String: [Double]] = {
        var shapes = ChunkTests.shapes
        let numbers = (0..<900).map { Double($0) }
        shapes["converted"] = numbers.map { $0 * 7 * 0.001 }
        shapes["mostly decimals"] = numbers.map { $0 == 7 || $0 == 450 ? .nan : $0 / 4 }
        shapes["ends as stale"] = numbers + [Double(bitPattern: 0x7FF0_0000_0000_0002)]
        shapes["negative zeros"] = numbers.map { $0 == 50 ? -0.0 : 0.25 }
        shapes["pages"] = numbers.map { ($0 * $0).truncatingRemainder(dividingBy: 17) * 4096 }
        shapes["coarse then fine"] = [1e15, 3, 0.001, 1e-18, 5e15, 0.5]
        shapes["jumps"] = [.greatestFiniteMagnitude, -.greatestFiniteMagnitude, 1e300, 0]
        return shapes
    }()

    static func values(_ bytes: [UInt8], count: Int) throws -> [Double] {
        try bytes.withUnsafeBytes { buffer in
            var input = VariableReader(buffer)
            return try ValueColumn.decode(&input, count: count)
        }
    }

    @Test(arguments: shapes.keys.sorted())
    func `values come back bit by bit`(shape: String) throws {
        let values = try #require(Self.shapes[shape])
        var bytes: [UInt8] = []
        ValueColumn.encode(values, to: &bytes)
        let back = try Self.values(bytes, count: values.count)
        #expect(back.map(\.bitPattern) == values.map(\.bitPattern))
    }

    @Test(arguments: 1...60)
    func `random values come back bit by bit`(seed: UInt64) throws {
        var random = SeriesRandom(seed: seed)
        var value = Double.random(in: -1e6...1e6, using: &random)
        let values = (0..<Int.random(in: 1...300, using: &random)).map { _ in
            switch Int.random(in: 0..<Int(seed % 7 + 2), using: &random) {
            case 0: value = Double(bitPattern: random.next())
            case 1: value += 1
            case 2: value = (value * 100).rounded() / 100
            case 3: value = Double(Int.random(in: 0...9999, using: &random)) * 0.01
            default: break
            }
            return value
        }
        var bytes: [UInt8] = []
        ValueColumn.encode(values, to: &bytes)
        #expect(
            try Self.values(bytes, count: values.count).map(\.bitPattern)
                == values.map(\.bitPattern))
    }

    @Test(
        arguments: [
            [0], [.min], [.max, .min, .max], [.min, .max, 0, -1], [5, 5, 5], [10, 20, 30, 50],
            [Int64](0..<100), (0..<100).map { $0 * $0 }, [0, .min, 0, .min],
        ] as [[Int64]])
    func `whole numbers come back`(numbers: [Int64]) throws {
        var bytes: [UInt8] = []
        IntegerColumn.encode(numbers, to: &bytes)
        let (back, end) = try bytes.withUnsafeBytes { buffer in
            var input = VariableReader(buffer)
            return (try IntegerColumn.decode(&input, count: numbers.count), input.offset)
        }
        #expect(back == numbers && end == bytes.count)
    }

    static func block(_ series: [(SeriesID, [Sample])]) -> Block {
        var encoder = BlockEncoder()
        for (id, samples) in series { encoder.add(id, samples) }
        return encoder.finish(level: 3)
    }

    @Test func `a block gives the samples of each of its series`() throws {
        let series: [(SeriesID, [Sample])] = (1...40).map { id in
            let every = Int64(1000 + id % 3)
            let values = (0..<(200 + id % 2)).map { Double($0 * id) }
            return (SeriesID(id * 3), ChunkTests.samples(values, every: every))
        }
        let block = Self.block(series)
        let reader = try BlockReader(block.bytes)
        #expect(reader.ids == series.map(\.0))
        for (id, samples) in series {
            var found: [Sample] = []
            try reader.read(id, into: &found)
            #expect(found == samples)
            #expect(try reader.latest(of: id) == samples.last)
            var part: [Sample] = []
            try reader.read(id, from: samples[20].at, to: samples[90].at, into: &part)
            #expect(part == Array(samples[20...90]))
        }
        var none: [Sample] = []
        try reader.read(4, into: &none)
        #expect(none.isEmpty)
        #expect(block.count == series.reduce(0) { $0 + $1.1.count })
        #expect(block.startAt == series[0].1[0].at)
    }

    @Test func `series of the same timestamps pay for them once`() {
        let samples = ChunkTests.samples(Array(repeating: 1, count: 3000))
        var random = SeriesRandom(seed: 1)
        let jittered = samples.map {
            Sample(at: $0.at + Int64.random(in: 0...4, using: &random), value: 1)
        }
        let one = Self.block([(1, jittered)]).bytes.count
        let many = Self.block((1...100).map { (SeriesID($0), jittered) }).bytes.count
        #expect(one > 300 && many < one + 600)
    }

    @Test func `every changed bit and every cut is noticed`() throws {
        let bytes = Self.block([(1, ChunkTests.samples((0..<50).map { Double($0) }))]).bytes
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 1 << UInt8(index % 8)
            #expect(throws: ChunkError.self) { try BlockReader(damaged) }
            #expect(throws: ChunkError.self) { try BlockReader(Array(bytes[..<index])) }
        }
    }

    @Test(arguments: 1...30)
    func `content that no checksum protects leads to an error and not to a crash`(
        seed: UInt64
    ) throws {
        var random = SeriesRandom(seed: seed)
        let bytes = Self.block([
            (1, ChunkTests.samples((0..<50).map { Double($0) / 10 })),
            (7, ChunkTests.samples([1, .nan, 3], every: 7)),
        ]).bytes
        var content = try SealedBytes.open(bytes)
        for _ in 0..<3 {
            content[Int.random(in: content.indices, using: &random)] = UInt8(
                truncatingIfNeeded: random.next())
        }
        do {
            let reader = try BlockReader(SealedBytes.seal(content, level: 1))
            for id in reader.ids { _ = try reader.columns(of: id) }
        } catch is ChunkError {
            return
        }
    }

    @Test func `names and labels come back`() throws {
        let series: [(id: SeriesID, key: SeriesKey)] = (0..<300).map { number in
            let labels: Labels =
                number % 7 == 0 ? [:] : ["host": "web\(number % 5)", "näme": "v\"\(number)"]
            return (SeriesID(512 + number), SeriesKey(name: "m\(number % 3)", labels: labels))
        }
        let bytes = GroupKeys.pack(series)
        var symbols = Symbols()
        let back = try GroupKeys.unpack(bytes, &symbols)
        #expect(back.map(\.id) == series.map(\.id))
        #expect(back.map { symbols.key($0.key) } == series.map(\.key))
        #expect(bytes.count < 3000)
        #expect(throws: ChunkError.self) {
            try GroupKeys.unpack(Array(bytes.dropLast()), &symbols)
        }
    }
}
