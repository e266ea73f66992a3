internal import TestVectors

/// Makes inputs out of a corpus; the same seed and number always give the same input.
package struct Mutator: Sendable {
    private static let longest = 4096
    private static let words = [
        "{", "}", "[", "]", "\"", "\\", ",", ":", "\n", "\r\n", "\u{0}", "\u{FEFF}", "null",
        "true", "-0", "1e400", "9007199254740993", "0.1", "\\ud800", "\\u0000", "😀",
        "\"id\":", "\"id\":null,", "\"id\":[],", "\"id\":1,", "\"jsonrpc\":\"2.0\",",
        "\"method\":", "\"params\":", "\"result\":1,", "\"error\":{},", "\"_meta\":{},",
        "\"_meta\":{\"timeout_ms\":1},", "\"_meta\":{\"dry_run\":true},",
        "\"progress_token\":\"t\",", "system.ping", "puppet.echo", "puppet.later", "puppet.hold",
        "puppet.fail", "$/cancelRequest", "rpc.none", "Content-Length: 9\r\n\r\n",
    ].map { Array($0.utf8) }

    package let seed: UInt64
    private let corpus: Corpus

    package init(_ corpus: Corpus, seed: UInt64) {
        self.corpus = corpus
        self.seed = seed
    }

    /// The input of this number.
    package func input(_ number: UInt64) -> [UInt8] {
        var generator = generator(number)
        var input = corpus.pick(using: &generator)
        for _ in 0..<Int.random(in: 0...3, using: &generator) {
            change(&input, &generator)
            if input.count > Self.longest { input.removeLast(input.count - Self.longest) }
        }
        return input
    }

    /// What else is left to chance about the input of this number.
    func generator(_ number: UInt64) -> SeededGenerator {
        SeededGenerator(seed: seed ^ (number &* 0xD134_2543_DE82_EF95))
    }

    private func change(_ input: inout [UInt8], _ generator: inout SeededGenerator) {
        let range = Self.range(of: input, &generator)
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: input.removeSubrange(range)
        case 1: input.insert(contentsOf: input[range], at: range.lowerBound)
        case 2: input.replaceSubrange(range, with: word(&generator))
        case 3, 4: input.insert(contentsOf: word(&generator), at: range.lowerBound)
        case 5: splice(&input, range, &generator)
        case 6: nest(&input, &generator)
        case 7: input = input + [UInt8(ascii: "\n")] + corpus.pick(using: &generator)
        case 8: input.removeLast(input.count - range.upperBound)
        default: strike(&input, &generator)
        }
    }

    private static func range(
        of input: [UInt8], _ generator: inout SeededGenerator
    ) -> Range<Int> {
        let start = Int.random(in: 0...input.count, using: &generator)
        return start..<Int.random(in: start...min(input.count, start + 64), using: &generator)
    }

    private func word(_ generator: inout SeededGenerator) -> [UInt8] {
        Self.words.randomElement(using: &generator) ?? []
    }

    /// Puts a part of another seed in the place of a part.
    private func splice(
        _ input: inout [UInt8], _ range: Range<Int>, _ generator: inout SeededGenerator
    ) {
        let other = corpus.pick(using: &generator)
        input.replaceSubrange(range, with: other[Self.range(of: other, &generator)])
    }

    /// Makes the input the inside of arrays or objects.
    private func nest(_ input: inout [UInt8], _ generator: inout SeededGenerator) {
        let depth = [1, 1, 2, 63, 127, 128, 200].randomElement(using: &generator) ?? 1
        let isArray = Bool.random(using: &generator)
        let opening = Array((isArray ? "[" : "{\"k\":").utf8)
        let closing = UInt8(ascii: isArray ? "]" : "}")
        input =
            Array(repeatElement(opening, count: depth).joined()) + input
            + Array(repeating: closing, count: depth)
    }

    /// Changes single bytes.
    private func strike(_ input: inout [UInt8], _ generator: inout SeededGenerator) {
        guard !input.isEmpty else { return }
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            let place = Int.random(in: 0..<input.count, using: &generator)
            input[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        }
    }
}
