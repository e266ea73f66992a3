import Testing

@testable import OpsCore

@Suite struct RollupColumnsTests {
    static func cells(_ values: [Double], length: Int) -> [RollupCell] {
        [RollupCell](
            of: values.enumerated().map {
                Sample(at: Int64($0 * 60_000 / length), value: $1)
            }, .minute)
    }

    static func back(_ cells: [RollupCell]) throws -> [RollupCell] {
        var encoder = RollupEncoder()
        encoder.add(7, cells)
        return try RollupReader(encoder.finish()).cells(of: 7)
    }

    static func bits(_ cells: [RollupCell]) -> [[UInt64]] {
        cells.map { cell in
            [cell.least, cell.greatest, cell.sum].map(\.bitPattern)
                + [UInt64(bitPattern: cell.start), UInt64(cell.count)]
        }
    }

    @Test(arguments: BlockTests.shapes.keys.sorted(), [1, 4, 60])
    func `cells come back bit by bit`(shape: String, length: Int) throws {
        let values = try #require(BlockTests.shapes[shape])
        let cells = Self.cells(values, length: length)
        #expect(Self.bits(try Self.back(cells)) == Self.bits(cells))
    }

    @Test func `a cell has the count, the sum, the least and the greatest`() {
        let cells = Self.cells([3, -1, 2.5, 4, 8, .nan, .nan, .nan, .nan, .nan], length: 4)
        #expect(
            cells == [
                RollupCell(start: 0, count: 4, sum: 8.5, least: -1, greatest: 4),
                RollupCell(start: 60_000, count: 1, sum: 8, least: 8, greatest: 8),
            ])
        #expect(
            cells.condensed(to: .hour) == [
                RollupCell(start: 0, count: 5, sum: 16.5, least: -1, greatest: 8)
            ])
    }

    @Test func `an infinity makes the sum infinite, and both make it NaN, as adding does`() {
        let cells = Self.cells([.infinity, 1, .infinity, -.infinity], length: 2)
        #expect(cells.map(\.sum.isNaN) == [false, true])
        #expect(cells[0].sum == .infinity && cells[0].least == 1)
        #expect(cells[1].least == -.infinity && cells[1].greatest == .infinity)
    }

    @Test func `the noise of adding decimals is not kept`() {
        #expect(0.1 + 0.2 != 0.3)
        #expect(Self.cells([0.1, 0.2], length: 2)[0].sum == 0.3)
    }

    @Test func `of two accounts the fuller counts`() {
        let old = Self.cells([1, 2, 3, 4], length: 2)
        let new = Self.cells([9, 2, 7], length: 3)
        #expect(old.fuller(new) == [new[0], old[1]])
        #expect(old.fuller([]) == old)
    }

    @Test func `a row with a bit turned is noticed`() throws {
        var encoder = RollupEncoder()
        encoder.add(1, Self.cells([1, 2, 3], length: 1))
        let bytes = encoder.finish()
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 1
            #expect(throws: ChunkError.self) { try RollupReader(damaged) }
        }
    }

    @Test func `the series whose samples are gone come back as they were stored`() throws {
        for pruned in [PrunedSeries.none, .some([3, 5, 4_000_000_000]), .all] {
            let stored = pruned.stored
            #expect(PrunedSeries(kind: stored.kind, ids: stored.ids) == pruned)
        }
        // When nobody knows any more, the rollups answer for every series.
        #expect(PrunedSeries(kind: 1, ids: [1, 2, 3]) == .all)
    }
}
