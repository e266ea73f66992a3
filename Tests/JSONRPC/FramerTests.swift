import OpsJSONRPC
import TestVectors
import Testing

struct FramerTests {
    private static let ping = #"{"jsonrpc":"2.0","id":1,"method":"system.ping"}"#

    // MARK: - JSON streams

    @Test func `lines, texts without separator and texts over several lines are frames`() {
        #expect(frames("{\"a\":1}\n[2]\n") == ["{\"a\":1}", "[2]"])
        #expect(frames("{\"a\":1}[2]{}") == ["{\"a\":1}", "[2]", "{}"])
        #expect(
            frames("{\n  \"a\": [\n    1,\n    {}\n  ]\n}\n") == [
                "{\n  \"a\": [\n    1,\n    {}\n  ]\n}"
            ])
        #expect(frames("{\"a\"\n:\n{\n}\n,\n\"b\"\n:\n[\n]\n}").count == 1)
    }

    @Test func `row 41: blank lines and whitespace between frames are ignored`() {
        #expect(frames("\n\r\n  \t{}\r\n\r\n\n[] \n") == ["{}", "[]"])
        #expect(frames(" \n\n").isEmpty)
    }

    @Test func `brackets and quotes inside strings do not count`() {
        let text = #"{"a}":"]\"}{[","b":"\\"}"#
        #expect(frames(text + text) == [text, text])
    }

    @Test(arguments: [
        "1", "null", "\"x\"", "'f", "}", "hello world", "\u{FEFF}{}", "GET / HTTP/1.1",
    ])
    func `row 43: a line that is no array or object is a frame and the stream goes on`(line: String)
    {
        #expect(frames("\(line)\n\(Self.ping)\n") == [line, Self.ping])
        #expect(
            frames("\(Self.ping)\n\(line)\r\n\(Self.ping)") == [Self.ping, line + "\r", Self.ping])
    }

    @Test(arguments: [
        ("cut off before a comma", #"{"jsonrpc":"2.0","id":1"#),
        ("cut off in a string", #"{"jsonrpc":"2"#),
        ("cut off after a backslash", #"{"jsonrpc":"2\"#), ("an unknown bracket", #"{"a":[1}"#),
        ("a bare word", "{bad"), ("half a batch", #"[{"a": "sum", "p": [1,2,4]},{"b"]"#),
        ("an array cut off", "[1, 2"), ("a missing comma", "[{} {}]"), ("a lone bracket", "{"),
        ("too deep", String(repeating: "[", count: 200)),
    ])
    func `row 43: a broken line does not swallow the next one`(name: String, line: String) {
        let found = frames("\(line)\n\(Self.ping)\n")
        #expect(found.count == 2 && found.last == Self.ping, "\(name): \(found)")
        #expect(throws: JSON.SyntaxError.self) { try JSON.parse(found[0]) }
    }

    @Test func `row 39: 100,000 open brackets are answered before their line ends`() {
        var framer = Framer()
        framer.append([UInt8](repeating: UInt8(ascii: "["), count: 100_000))
        #expect(framer.next() == .frame)
        let message = framer.withFrame { MessageParser.parse($0) }
        #expect(message == MessageParser.parse(String(repeating: "[", count: 129)))
        #expect(framer.next() == .needMore)
        framer.append(Array("\n\(Self.ping)\n".utf8))
        #expect(framer.next() == .frame)
    }

    @Test func `row 44: a stream cut at every byte gives the same frames`() {
        let stream = Array(
            "\n{\"a\":\"\\\"}\",\"b\":[1,{}]}\r\n1\n[\"\\\\\"]{\"é\":\n\"😀\"}\n'x\n{\"a\n[1}x\n{}\n[1"
                .utf8)
        let whole = Framer.frames(of: stream)
        #expect(whole.count == 9)
        for place in 0...stream.count {
            #expect(frames(of: [stream[..<place], stream[place...]]) == whole, "cut at \(place)")
        }
        #expect(Framer.frames(of: stream, piece: { 1 }) == whole)
    }

    @Test(arguments: 0..<50)
    func `row 44: random streams in random pieces give their frames`(seed: UInt64) {
        var random = RandomJSON(generator: SeededGenerator(seed: seed))
        let values = (0..<20).map { _ in random.container() }
        let texts = values.map { Bool.random(using: &random.generator) ? $0.text : $0.prettyText }
        let stream = texts.map {
            $0 + ["", "\n", "\r\n\n", " "][Int.random(in: 0..<4, using: &random.generator)]
        }
        let found = Framer.frames(of: Array(stream.joined().utf8)) {
            Int.random(in: 0...40, using: &random.generator)
        }
        #expect(found == texts)
    }

    @Test(arguments: 0..<50)
    func `row 44: random damage in random pieces gives the same frames as in one piece`(
        seed: UInt64
    ) {
        var random = RandomJSON(generator: SeededGenerator(seed: seed))
        var stream = Array((0..<20).map { _ in random.container().text + "\n" }.joined().utf8)
        for _ in 0..<10 {
            let place = Int.random(in: 0..<stream.count, using: &random.generator)
            stream[place] = Array("{}[]\"\\\n,:x".utf8).randomElement(using: &random.generator) ?? 0
        }
        let whole = Framer.frames(of: stream)
        let pieces = Framer.frames(of: stream) { Int.random(in: 1...9, using: &random.generator) }
        #expect(pieces == whole)
    }

    // MARK: - Size

    @Test func `a frame that is too large is reported once and skipped to its end`() {
        let large = "{\"a\":\"" + String(repeating: "x", count: 100) + "\"}"
        let expected = ["{}", "<The frame is larger than 50 bytes.>", "[1]"]
        for piece in [1, 7, 1000] {
            for text in ["{}\n\(large)\n[1]\n", "{}\(large)[1]", "{}\n\(large)[1]"] {
                #expect(
                    Framer.frames(of: Array(text.utf8), maxFrameBytes: 50, piece: { piece })
                        == expected)
            }
        }
        let line = "{}\n" + String(repeating: "y", count: 100) + "\n[1]"
        #expect(Framer.frames(of: Array(line.utf8), maxFrameBytes: 50, piece: { 9 }) == expected)
    }

    @Test func `the limit is exact`() {
        #expect(frames("[\"123456\"]", maxFrameBytes: 10) == ["[\"123456\"]"])
        #expect(
            frames("[\"1234567\"]", maxFrameBytes: 10) == ["<The frame is larger than 10 bytes.>"])
    }

    @Test func `a frame without end is given up without keeping it`() {
        var framer = Framer(maxFrameBytes: 1000)
        var failures = 0
        framer.append(Array("[\"".utf8))
        for _ in 0..<1000 {
            framer.append([UInt8](repeating: UInt8(ascii: "x"), count: 1000))
            while case .failed = framer.next() { failures += 1 }
        }
        #expect(failures == 1 && framer.hasPartialFrame)
        framer.append(Array("\"]{}".utf8))
        #expect(framer.next() == .frame)
        #expect(framer.withFrame { $0.count } == 2)
    }

    // MARK: - Ends

    @Test func `a partial frame is known as such`() {
        var framer = Framer()
        #expect(!framer.hasPartialFrame)
        for (text, partial) in [
            ("{\"a\"", true), (":1}", false), ("\n", false), ("12", true), ("\n ", false),
        ] {
            framer.append(Array(text.utf8))
            while framer.next() == .frame {}
            #expect(framer.hasPartialFrame == partial, "\(text)")
        }
    }

    @Test func `what is left at the end is handed out`() {
        #expect(frames("12") == ["12"])
        #expect(frames("{\"a\":") == ["{\"a\":"])
        #expect(frames("{}\n").count == 1)
        #expect(frames("Content-Length: 10\r\n\r\n{}") == ["{}"])
    }

    // MARK: - Content-Length

    @Test(arguments: [
        "Content-Length: 7\r\n\r\n", "content-length:7\r\n\r\n", "CONTENT-LENGTH: \t7 \r\n\r\n",
        "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 7\r\n\r\n",
        "Content-Length: 0007\n\n", "\r\nContent-Length: 7\r\nX-Other: 1\r\n\r\n",
    ])
    func `a header gives the length of its frame`(header: String) {
        let body = "{\"a\n\":}"
        let stream = Array((header + body + header + body).utf8)
        #expect(Framer.frames(of: stream) == [body, body])
        #expect(Framer.frames(of: stream, piece: { 1 }) == [body, body])
    }

    @Test func `the first byte decides the style`() {
        var framer = Framer()
        #expect(framer.style == .jsonStream)
        framer.append(Array(" C".utf8))
        #expect(framer.next() == .needMore && framer.style == .contentLength)
        #expect(framer.hasPartialFrame)
        #expect(frames("{}\nContent-Length: 1\n") == ["{}", "Content-Length: 1"])
    }

    @Test(arguments: [
        "Content-Length: x\r\n\r\n", "Content-Length: -1\r\n\r\n", "Content-Length: +1\r\n\r\n",
        "Content-Length:\r\n\r\n", "Content-Length: 1 2\r\n\r\n", "Content-Type: x\r\n\r\n",
        "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", "CONNECT\r\n\r\n",
        "Content-Length: 99999999999999999999\r\n\r\n",
        "Content-Type: " + String(repeating: "x", count: 9000),
    ])
    func `a bad header ends the stream`(header: String) {
        var framer = Framer()
        framer.append(Array(header.utf8))
        guard case .failed(let error) = framer.next() else {
            Issue.record("the header was let through")
            return
        }
        #expect(!error.isRecoverable)
        framer.append(Array("Content-Length: 2\r\n\r\n{}".utf8))
        #expect(framer.next() == .failed(error))
        #expect(!framer.hasPartialFrame)
    }

    @Test func `a body that is too large is skipped by its length`() {
        let stream =
            "Content-Length: 20\r\n\r\n" + String(repeating: " ", count: 20)
            + "Content-Length: 2\r\n\r\n{}"
        for piece in [1, 6, 1000] {
            #expect(
                Framer.frames(of: Array(stream.utf8), maxFrameBytes: 10, piece: { piece })
                    == ["<The frame is larger than 10 bytes.>", "{}"])
        }
    }

    // MARK: - Helpers

    private func frames(_ text: String, maxFrameBytes: Int = 4 << 20) -> [String] {
        Framer.frames(of: Array(text.utf8), maxFrameBytes: maxFrameBytes)
    }

    private func frames(of pieces: [ArraySlice<UInt8>]) -> [String] {
        var sizes = pieces.map(\.count)
        return Framer.frames(of: Array(pieces.joined()), piece: { sizes.removeFirst() })
    }
}
