import OpsJSONRPC
import TestVectors
import Testing

struct JSONWriterTests {
    @Test func `quotes, backslashes and control characters are escaped and nothing else is`() {
        #expect(JSON.string("a\"b\\c/d").text == #""a\"b\\c/d""#)
        #expect(JSON.string("\u{8}\t\n\u{C}\r").text == #""\b\t\n\f\r""#)
        #expect(
            JSON.string("\u{0}\u{1}\u{F}\u{1F}\u{7F}").text
                == "\"\\u0000\\u0001\\u000f\\u001f\u{7F}\"")
        #expect(JSON.string("é€😀\u{2028}\u{2029}").text == "\"é€😀\u{2028}\u{2029}\"")
    }

    @Test func `the compact text is one line without spaces`() {
        let value: JSON = ["a": [1, nil, true, "x\ny"], "b": [:], "c": []]
        #expect(value.text == #"{"a":[1,null,true,"x\ny"],"b":{},"c":[]}"#)
        #expect("\(value)" == value.text)
    }

    @Test func `the pretty text is indented by two spaces`() {
        let value: JSON = ["a": [1, ["b": "c"]], "empty": [[], [:]]]
        let expected = """
            {
              "a": [
                1,
                {
                  "b": "c"
                }
              ],
              "empty": [
                [],
                {}
              ]
            }
            """
        #expect(value.prettyText == expected)
    }

    @Test func `every single byte and scalar reads back equal`() throws {
        for code in 0...UInt32(0x2FFF) {
            guard let scalar = Unicode.Scalar(code) else { continue }
            let value = JSON.string(String(scalar))
            #expect(try JSON.parse(value.text) == value)
        }
    }

    @Test func `random values read back equal, compact and pretty`() throws {
        var random = RandomJSON(generator: SeededGenerator(seed: 3))
        for _ in 0..<500 {
            let value = random.value(depth: 5)
            #expect(try JSON.parse(value.text) == value)
            #expect(try JSON.parse(value.prettyText) == value)
            #expect(!value.text.utf8.contains(0x0A))
        }
    }
}
