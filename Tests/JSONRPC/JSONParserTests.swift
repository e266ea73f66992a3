import OpsJSONRPC
import TestVectors
import Testing

struct JSONParserTests {
    @Test(
        arguments: [
            ("null", JSON.null), (" true ", true), ("false", false), ("0", 0), ("\"\"", ""),
            ("[]", []), ("{}", [:]), ("\r\n\t [ 1 , 2 ]\n", [1, 2]),
            (#"{"a":{"b":[null]}}"#, ["a": ["b": [nil]]]),
        ] as [(String, JSON)])
    func `valid texts are read`(text: String, value: JSON) throws {
        #expect(try JSON.parse(text) == value)
    }

    @Test(arguments: [
        "-0", "1.0", "1e400", "-1E+5", "0e1", "18446744073709551616", "0.1000", "9007199254740993",
        "1e99999999999999999999",
    ])
    func `row 38: a number keeps its text`(text: String) throws {
        #expect(try JSON.parse(text).text == text)
    }

    @Test(arguments: [
        "", " ", "[1,]", "[,1]", "{\"a\":1,}", "{\"a\"}", "{a:1}", "[1 2]", "01", "+1", "1.", ".5",
        "1e", "1e+", "-", "--1", "0x1", "NaN", "Infinity", "-Infinity", "nul", "True", "'a'",
        "\"a", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"", "[1]]", "{}{}", "// a\n1", "[1/**/]",
        "\"a\nb\"", "\"a\u{0}b\"", "\"\\\u{1}\"", "\u{FEFF}1", "[\"\\", "1 2", "\u{A0}1", "1\u{0}",
    ])
    func `rows 35 and 36: what the grammar does not know is refused`(text: String) {
        #expect(throws: JSON.SyntaxError.self) { try JSON.parse(text) }
    }

    @Test(
        arguments: [
            ("a continuation byte alone", [0x80]), ("half a character", [0xC3]),
            ("an overlong slash", [0xC0, 0xAF]), ("an overlong NUL", [0xE0, 0x80, 0x80]),
            ("a surrogate (CESU-8)", [0xED, 0xA0, 0x80]),
            ("beyond Unicode", [0xF4, 0x90, 0x80, 0x80]),
            ("five bytes", [0xF8, 0x88, 0x80, 0x80, 0x80]), ("Latin 1", [0xE9]), ("0xFF", [0xFF]),
        ] as [(String, [UInt8])])
    func `row 33: what is not UTF-8 is refused`(name: String, bytes: [UInt8]) {
        let quoted = [0x22] + bytes + [0x22]
        #expect(throws: JSON.SyntaxError(offset: 1, reason: .invalidUTF8)) {
            try JSON.parse(quoted)
        }
        #expect(throws: JSON.SyntaxError.self) { try JSON.parse([0x5B] + bytes + [0x5D]) }
        // With an escape in the string the text takes another way.
        #expect(throws: JSON.SyntaxError.self) {
            try JSON.parse([0x22, 0x5C, 0x6E] + bytes + [0x22])
        }
    }

    @Test func `row 33: UTF-16 and a byte order mark are refused`() {
        #expect(throws: JSON.SyntaxError.self) { try JSON.parse([0x5B, 0, 0x5D, 0]) }
        #expect(throws: JSON.SyntaxError.self) { try JSON.parse([0xFF, 0xFE, 0x5B, 0, 0x5D, 0]) }
        #expect(throws: JSON.SyntaxError(offset: 0, reason: .unexpectedByte(0xEF))) {
            try JSON.parse([0xEF, 0xBB, 0xBF, 0x7B, 0x7D])
        }
    }

    @Test(arguments: [
        #""\ud800""#, #""\udc00""#, #""\ud800\ud800""#, #""\ud800x""#, #""\ud800\n""#,
        #""\udc00\ud800""#, #"{"\udead":1}"#,
    ])
    func `row 34: half of a surrogate pair is refused`(text: String) {
        let error = #expect(throws: JSON.SyntaxError.self) { try JSON.parse(text) }
        #expect(error?.reason == .loneSurrogate)
    }

    @Test(arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0000""#, "\u{0}"),
        (#""\u00e9\u00E9""#, "éé"), (#""\ud83d\ude00""#, "😀"), (#""\uD83D\uDE00x""#, "😀x"),
        (#""ä\u0041€""#, "äA€"), (#""\uFFFF""#, "\u{FFFF}"), (#""\\u0041""#, "\\u0041"),
    ])
    func `escapes stand for their characters`(text: String, string: String) throws {
        #expect(try JSON.parse(text).string == string)
    }

    @Test func `row 39: 100,000 open brackets are refused without using up the stack`() {
        for text in [
            String(repeating: "[", count: 100_000), String(repeating: "[{\"\":", count: 50_000),
        ] {
            let error = #expect(throws: JSON.SyntaxError.self) { try JSON.parse(text) }
            #expect(error?.reason == .tooDeep)
            #expect(throws: JSON.SyntaxError.self) {
                try JSON.parse(text, JSON.ParseOptions(maxDepth: .max))
            }
        }
    }

    @Test func `row 39: the depth limit is exact`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(throws: Never.self) { try JSON.parse(nested(128)) }
        #expect(throws: JSON.SyntaxError(offset: 128, reason: .tooDeep)) {
            try JSON.parse(nested(129))
        }
        #expect(throws: Never.self) {
            try JSON.parse(nested(1024), JSON.ParseOptions(maxDepth: 5000))
        }
        // Siblings are no depth.
        #expect(throws: Never.self) {
            try JSON.parse("[" + String(repeating: "[],", count: 1000) + "{}]")
        }
    }

    @Test func `row 37: the last of two equal keys wins unless duplicates are refused`() throws {
        let text = #"{"a":1,"b":2,"\u0061":3}"#
        #expect(try JSON.parse(text).text == #"{"a":3,"b":2}"#)
        #expect(throws: JSON.SyntaxError(offset: 13, reason: .duplicateKey("a"))) {
            try JSON.parse(text, JSON.ParseOptions(duplicateKeys: .reject))
        }
    }

    @Test func `an error says what and where`() {
        let error = #expect(throws: JSON.SyntaxError.self) { try JSON.parse("[1, x]") }
        #expect(error?.description == "unexpected 'x' at byte 4")
        let end = #expect(throws: JSON.SyntaxError.self) { try JSON.parse("[1") }
        #expect(end?.description == "unexpected end at byte 2")
        let byte = #expect(throws: JSON.SyntaxError.self) { try JSON.parse([0x07]) }
        #expect(byte?.description == "unexpected byte 0x07 at byte 0")
    }

    @Test func `no cut of a valid text is valid or crashes`() throws {
        let bytes = Array(#"{"k":[1.5e3,true,null,"a\u00e9\ud83d\ude00é",{"":false}],"z":-0}"#.utf8)
        for length in 0..<bytes.count {
            #expect(throws: JSON.SyntaxError.self) { try JSON.parse(Array(bytes[..<length])) }
        }
        #expect(throws: Never.self) { try JSON.parse(bytes) }
    }

    @Test func `random damage never crashes, and what is accepted reads back equal`() throws {
        var random = RandomJSON(generator: SeededGenerator(seed: 7))
        for _ in 0..<2000 {
            var bytes = Array(random.container().text.utf8)
            let place = Int.random(in: 0..<bytes.count, using: &random.generator)
            bytes[place] = UInt8.random(in: 0...255, using: &random.generator)
            guard let value = try? JSON.parse(bytes) else { continue }
            #expect(try JSON.parse(value.text) == value)
        }
    }
}
