import Testing

@testable import OpsJSONRPC

@Suite struct ResponseTextTests {
    private func read(_ text: String) -> ResponseText? {
        Array(text.utf8).withUnsafeBufferPointer { ResponseText.read($0) }
    }

    @Test(arguments: [
        "{}", "[]", "null", "1e400", #""a\u0041é""#, #"{"a":[1,{"b":"\"}"}],"c":-0.5}"#,
        "[ 1 , 2 ]",
    ])
    func `the text of a result is what was written`(result: String) throws {
        let found = read(#"{"jsonrpc":"2.0","id":7,"result":\#(result)}"#)
        #expect(found?.id == 7)
        #expect(try found?.outcome.get() == Array(result.utf8))
    }

    @Test func `an error is read`() {
        let found = read(#"{"error":{"code":2001,"message":"no"},"id":1,"jsonrpc":"2.0"}"#)
        guard case .failure(let error)? = found?.outcome else {
            Issue.record("there is no error")
            return
        }
        #expect(error.code == 2001 && error.message == "no")
    }

    @Test(arguments: [
        #"{"jsonrpc":"2.0","id":7,"result":{}"#, #"{"jsonrpc":"2.0","id":7,"result":{}}x"#,
        #"{"jsonrpc":"2.0","id":7,"result":{},"result":{}}"#, #"{"jsonrpc":"2.0","id":7}"#,
        #"{"jsonrpc":"2.0","id":"7","result":{}}"#, #"{"jsonrpc":"2.0","id":7,"method":"a.b"}"#,
        #"{"jsonrpc":"2.0","id":7,"result":[1,]}"#, #"{"jsonrpc":"1.0","id":7,"result":1}"#,
        #"{"jsonrpc":"2.0","id":7,"result":1,"error":{}}"#, #"{"id":7,"result":1}"#, "{}", "[]", "",
        #"{"jsonrpc":"2.0","id":7,"result":"\ud800"}"#, #"{"jsonrpc":"2.0","id":7.5,"result":1}"#,
        "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":\"a\u{01}\"}",
    ])
    func `what is no plain answer is left to the parser of messages`(text: String) {
        #expect(read(text) == nil)
    }

    @Test func `depth is limited`() {
        let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        #expect(read(#"{"jsonrpc":"2.0","id":7,"result":\#(deep)}"#) == nil)
    }
}
