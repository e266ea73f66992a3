import OpsJSONRPC
import TestClient
import TestVectors
import Testing

/// How the kernel cuts what a client sends must not matter.
@Suite(
    "Split input", .timeLimit(.minutes(5)),
    .enabled(if: SharedData.has("geth-rpc"), "the shared folder with geth-rpc is not here"))
struct SplitInputTests {
    @Test(arguments: GethScript.all)
    func `a line that is cut at any byte is answered the same`(script: GethScript) async throws {
        try await GethDialogue.run { dialogue in
            for exchange in script.exchanges {
                let line = Array((exchange.sent + "\n").utf8)
                try await Self.check(script, exchange, on: dialogue) {
                    (1..<line.count).map { [line[..<$0], line[$0...]] }
                }
            }
        }
    }

    @Test(arguments: GethScript.all, 1...3 as ClosedRange<UInt64>)
    func `a line in random pieces is answered the same`(
        script: GethScript, seed: UInt64
    ) async throws {
        try await GethDialogue.run { dialogue in
            var generator = SeededGenerator(seed: seed)
            for exchange in script.exchanges {
                let line = Array((exchange.sent + "\n").utf8)
                let pieces = Self.pieces(of: line, &generator)
                try await Self.check(script, exchange, on: dialogue) { [pieces] }
            }
        }
    }

    private static func check(
        _ script: GethScript, _ exchange: GethScript.Exchange, on dialogue: GethDialogue,
        _ splits: () -> [[ArraySlice<UInt8>]]
    ) async throws {
        let count = GethDialogue.owed(script, exchange).count
        let whole = try await dialogue.answers(
            to: [Array((exchange.sent + "\n").utf8)[...]], count: count
        ).map(GethDialogue.withoutRequestID)
        for split in splits() {
            let answers = try await dialogue.answers(to: split, count: count)
                .map(GethDialogue.withoutRequestID)
            #expect(answers == whole, "\(exchange.sent) in pieces of \(split.map(\.count)) bytes")
        }
    }

    /// Cuts a line into pieces of one to nine bytes.
    private static func pieces(
        of line: [UInt8], _ generator: inout SeededGenerator
    ) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var rest = line[...]
        while !rest.isEmpty {
            let size = Int.random(in: 1...9, using: &generator)
            pieces.append(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        return pieces
    }
}
