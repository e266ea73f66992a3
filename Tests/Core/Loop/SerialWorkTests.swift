import Testing

@testable import OpsCore

@Suite struct SerialWorkTests {
    @Test func `pieces run one after the other, in the order in which they were asked for`()
        async throws
    {
        let work = SerialWork()
        let done = Recorder<Int>()
        let pieces = try await work.run {
            (0..<20).map { number in
                Task.detached { try await work.run { done.append(number) } }
            }
        }
        for piece in pieces { try await piece.value }
        #expect(done.all.sorted() == Array(0..<20))
    }

    @Test func `a piece may ask for a piece of other work`() async throws {
        let (outer, inner) = (SerialWork(), SerialWork())
        #expect(try await outer.run { try await inner.run { 7 } } == 7)
    }

    @Test(.enabled(if: isDebug)) func `a piece that waits for the next one is found`() async {
        await #expect(processExitsWith: .failure) {
            let work = SerialWork()
            _ = try? await work.run { try await work.run {} }
        }
    }

    /// Only there it is looked for.
    private static var isDebug: Bool {
        var isDebug = false
        assert({ isDebug = true }() == ())
        return isDebug
    }
}
