import Fuzzing
import Testing

/// A short run of what `make fuzz` does at length.
@Suite(.timeLimit(.minutes(2)))
struct FuzzTests {
    private static let count: UInt64 = 20_000
    private static let mutator = Mutator(Corpus(), seed: 1)

    @Test func `any bytes are cut and read the same however they come`() throws {
        for number in 0..<Self.count { try ParserTarget.check(number, of: Self.mutator) }
    }

    @Test func `whatever comes, every call is answered once and nothing else is`() async throws {
        var tally = FuzzTally()
        try await DispatcherTarget.run { target in
            for start in stride(from: 0, to: Self.count / 2, by: 100) {
                tally += try await target.check((start..<(start + 100)).map(Self.mutator.input))
            }
        }
        // Inputs that are all refused at the door would prove nothing.
        #expect(tally.answers > 10_000 && tally.results > 500 && tally.notices > 50)
    }

    @Test func `the same seed gives the same inputs, another one others`() {
        let other = Mutator(Corpus(), seed: 2)
        let again = Mutator(Corpus(), seed: 1)
        #expect((0..<100).allSatisfy { again.input($0) == Self.mutator.input($0) })
        #expect((0..<100).contains { other.input($0) != Self.mutator.input($0) })
    }
}
