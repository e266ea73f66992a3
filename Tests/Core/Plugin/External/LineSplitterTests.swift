import Testing

@testable import OpsCore

@Suite struct LineSplitterTests {
    /// What a splitter finds in pieces of text; a `!` marks what is too long.
    private func lines(_ pieces: [String], maxBytes: Int = 8) -> [String] {
        var splitter = LineSplitter(maxBytes: maxBytes)
        var found: [String] = []
        for piece in pieces {
            Array(piece.utf8).withUnsafeBytes { splitter.append($0) }
            reading: while true {
                switch splitter.next() {
                case .nothing: break reading
                case .line(let place):
                    found.append(splitter.withBytes(place) { String(decoding: $0, as: UTF8.self) })
                case .tooLong(let place):
                    found.append(
                        splitter.withBytes(place) { String(decoding: $0, as: UTF8.self) } + "!")
                }
            }
        }
        return found
    }

    @Test func `lines are found however they are cut`() {
        let text = "one\n\ntwo\nthree\nfo"
        #expect(lines([text]) == ["one", "two", "three"])
        #expect(lines(text.map { String($0) }) == ["one", "two", "three"])
    }

    @Test func `a line that is too long is reported once, and the next one is found`() {
        #expect(lines(["123456789abc\nnext\n"]) == ["12345678!", "next"])
        #expect(lines(["1234567", "89abc", "defgh", "i\nnext\n"]) == ["12345678!", "next"])
    }

    @Test func `a line of just the length is no problem`() {
        #expect(lines(["12345678\n"]) == ["12345678"])
    }

    @Test func `what is left has no end`() {
        var splitter = LineSplitter(maxBytes: 8)
        Array("a\nbc".utf8).withUnsafeBytes { splitter.append($0) }
        _ = splitter.next()
        _ = splitter.next()
        #expect(splitter.rest.map { splitter.withBytes($0) { $0.count } } == 2)
    }
}
