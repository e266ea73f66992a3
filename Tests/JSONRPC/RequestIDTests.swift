import OpsJSONRPC
import Testing

struct RequestIDTests {
    @Test func `ids are made from numbers, strings and their own text`() {
        #expect(RequestID(7).text == "7")
        #expect(RequestID("a\"").text == #""a\"""#)
        #expect(RequestID(text: "1.0")?.text == "1.0")
        #expect(RequestID(text: "null") == .null)
    }

    @Test(arguments: ["", "true", "[]", "{}", "1,2", "nul", "\"a"])
    func `what cannot be an id makes none`(text: String) {
        #expect(RequestID(text: text) == nil)
    }

    @Test func `ids with different bytes are different`() {
        #expect(Set([RequestID(1), RequestID("1"), RequestID(text: "1.0")]).count == 3)
    }
}
