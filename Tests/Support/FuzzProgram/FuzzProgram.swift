internal import ArgumentParser
internal import Fuzzing
internal import Glibc

/// Sends any number of made-up inputs through the parser and the dispatcher.
@main struct FuzzProgram: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "opsloop-fuzz",
        abstract: "Send made-up inputs through the parser and the dispatcher.",
        discussion: "The same seed gives the same inputs; after a crash go on --from the last line."
    )

    @Option(help: "How many inputs.") var inputs: UInt64 = 10_000_000
    @Option(help: "What the inputs are made from; chosen anew when it is not given.")
    var seed = UInt64.random(in: 0...9_999_999)
    @Option(help: "The number of the first input.") var from: UInt64 = 0
    @Option(help: "How many inputs share a connection.") var round: UInt64 = 100

    private var last: UInt64 { from + inputs }

    func run() async throws {
        say("seed \(seed), \(inputs) inputs from number \(from)")
        let start = ContinuousClock.now
        let mutator = Mutator(Corpus(), seed: seed)
        try await DispatcherTarget.run { dispatcher in
            var number = from
            var tally = FuzzTally()
            while number < last {
                let numbers = number..<min(number + round, last)
                for number in numbers { try ParserTarget.check(number, of: mutator) }
                tally += try await dispatcher.check(numbers.map(mutator.input))
                number = numbers.upperBound
                if (number - from) % 500_000 < round {
                    report(number, tally, since: start)
                }
            }
            report(last, tally, since: start)
        }
    }

    private func report(
        _ number: UInt64, _ tally: FuzzTally, since start: ContinuousClock.Instant
    ) {
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        say(
            "number \(number): \(Int(Double(number - from) / seconds)) inputs a second, "
                + "\(tally.answers) answers, \(tally.results) of them results, "
                + "\(tally.notices) notifications")
    }

    /// Writes a line at once: after a crash the last one is needed.
    private func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(STDOUT_FILENO, bytes, bytes.count)
    }
}
