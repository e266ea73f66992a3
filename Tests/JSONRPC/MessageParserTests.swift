import OpsJSONRPC
import Testing

/// The numbers are rows of the table of edge cases in the protocol's reference.
struct MessageParserTests {
    // MARK: - Requests

    @Test func `a request has an id, a method and params`() {
        let message = MessageParser.parse(
            #" {"jsonrpc":"2.0","id":"a","method":"check.get","params":{"check":"web"}} "#)
        #expect(
            message
                == .single(
                    .request(
                        Request(
                            id: RequestID("a"), method: "check.get", params: ["check": "web"]))))
    }

    @Test func `members may stand in any order and be written with escapes`() {
        let message = MessageParser.parse(
            #"{"params":[1],"m\u0065thod":"x","\u0069d":1,"jsonrp\u0063":"2.\u0030"}"#)
        #expect(message == .single(.request(Request(id: RequestID(1), method: "x", params: [1]))))
    }

    @Test(arguments: [
        #"{"id":1,"method":"x"}"#, #"{"jsonrpc":"2.1","id":1,"method":"x"}"#,
        #"{"jsonrpc":2.0,"id":1,"method":"x"}"#, #"{"jsonrpc":1,"id":1,"method":"x"}"#,
        #"{"jsonrpc":null,"id":1,"method":"x"}"#, #"{"jsonrpc":["2.0"],"id":1,"method":"x"}"#,
    ])
    func `row 1: another version is an invalid request with the id`(text: String) {
        expectInvalid(text, id: "1")
    }

    @Test(arguments: [#"{"id":1}"#, #"{"jsonrpc":"2.0","id":1}"#])
    func `row 2: an id alone is an invalid request with the id`(text: String) {
        expectInvalid(text, id: "1")
    }

    @Test(arguments: ["1", "null", "\"x\"", "true", "-1.5e3"])
    func `row 3: a value that is no object is an invalid request`(text: String) {
        expectInvalid(text, id: "null")
    }

    @Test(arguments: ["[1]", "{}", "{\"a\":[{}]}", "true", "false"])
    func `rows 4 and 5: an id of another type is an invalid request`(id: String) {
        expectInvalid(#"{"jsonrpc":"2.0","id":\#(id),"method":"x"}"#, id: "null")
    }

    @Test func `row 6: the id null makes a request`() {
        let message = MessageParser.parse(#"{"jsonrpc":"2.0","id":null,"method":"x"}"#)
        #expect(message == .single(.request(Request(id: .null, method: "x"))))
    }

    @Test func `row 7: without an id it is a notification`() {
        let message = MessageParser.parse(#"{"jsonrpc":"2.0","method":"x"}"#)
        #expect(message == .single(.request(Request(id: nil, method: "x"))))
    }

    @Test(arguments: [
        "\"\"", "0", "-1", "-0", "1.0", "1.5", "1e2", "1E+2", "18446744073709551616", "\"\\u0061\"",
        "\"\\/\"", "\"ä😀\"", "\"a b\"", "\"" + String(repeating: "x", count: 400) + "\"",
        "\"" + String(repeating: "x", count: 1022) + "\"",
    ])
    func `row 8: an id keeps its bytes`(id: String) {
        let message = MessageParser.parse(#"{"jsonrpc":"2.0","id":\#(id),"method":"x"}"#)
        guard case .single(.request(let request)) = message else {
            Issue.record("\(message)")
            return
        }
        #expect(request.id?.text == id)
    }

    @Test func `row 8: an id beyond 1024 bytes is an invalid request`() {
        let long = String(repeating: "1", count: 1025)
        expectInvalid(#"{"jsonrpc":"2.0","id":\#(long),"method":"x"}"#, id: "null")
        expectInvalid(#"{"jsonrpc":"2.0","id":"\#(long)","method":"x"}"#, id: "null")
    }

    @Test(arguments: ["\"\\ud800\"", "\"\\x\"", "01", "1.", "-"])
    func `row 8: an id is checked like any other value`(id: String) {
        expectParseError(#"{"jsonrpc":"2.0","id":\#(id),"method":"x"}"#)
    }

    @Test func `row 9: a reused id has its own kind of error`() {
        let error = RPCError.idReuse(RequestID("a"))
        #expect(error.code == -32600 && error.kind == "id_reuse")
        #expect(error.message.contains("\"a\""))
    }

    @Test func `row 10: a method that is no string is an invalid request`() {
        expectInvalid(#"{"jsonrpc":"2.0","method":1,"params":"bar"}"#, id: "null")
        expectInvalid(#"{"jsonrpc":"2.0","id":7,"method":null}"#, id: "7")
        expectInvalid(#"{"jsonrpc":"2.0","id":7,"method":["x"]}"#, id: "7")
    }

    @Test(arguments: [
        ("", ""), (#"\u0073um"#, "sum"), ("SUM", "SUM"), ("rpc.discover", "rpc.discover"),
    ])
    func `rows 11 and 12: the method is the unescaped text`(written: String, method: String) {
        let message = MessageParser.parse(#"{"jsonrpc":"2.0","id":1,"method":"\#(written)"}"#)
        #expect(message == .single(.request(Request(id: RequestID(1), method: method))))
    }

    @Test(arguments: ["", #","params":null"#])
    func `rows 13 and 14: absent params and null are no params`(params: String) {
        let message = MessageParser.parse(#"{"jsonrpc":"2.0","id":1,"method":"x"\#(params)}"#)
        #expect(message == .single(.request(Request(id: RequestID(1), method: "x", params: nil))))
    }

    @Test(arguments: ["1", "\"x\"", "true", "0.5"])
    func `row 15: scalar params are an invalid request`(params: String) {
        expectInvalid(#"{"jsonrpc":"2.0","id":1,"method":"x","params":\#(params)}"#, id: "1")
        expectInvalid(#"{"jsonrpc":"2.0","method":"x","params":\#(params)}"#, id: "null")
    }

    @Test func `row 18: other members are ignored but must be JSON`() {
        let message = MessageParser.parse(
            #"{"auth":{"a":[1]},"jsonrpc":"2.0","id":1,"method":"x","ID":2,"":null}"#)
        #expect(message == .single(.request(Request(id: RequestID(1), method: "x"))))
        expectParseError(#"{"jsonrpc":"2.0","id":1,"method":"x","auth":nope}"#)
    }

    // MARK: - Responses

    @Test func `rows 19 and 20: a response has exactly one of result and error`() {
        #expect(
            MessageParser.parse(#"{"jsonrpc":"2.0","id":1,"result":null}"#)
                == .single(.response(Response(id: RequestID(1), result: .success(nil)))))
        let message = MessageParser.parse(
            #"{"jsonrpc":"2.0","id":"a","error":{"code":1003,"message":"m","data":{"kind":"not_found"}}}"#
        )
        let error = RPCError(code: 1003, kind: "not_found", message: "m")
        #expect(
            message == .single(.response(Response(id: RequestID("a"), result: .failure(error)))))
        expectInvalid(#"{"jsonrpc":"2.0","id":1,"result":1,"error":{}}"#, id: "null")
        expectInvalid(#"{"jsonrpc":"2.0","result":1}"#, id: "null")
    }

    // MARK: - Batches

    @Test(arguments: ["[]", " [ ] \n"])
    func `row 22: the empty batch is told apart`(text: String) {
        #expect(MessageParser.parse(text) == .emptyBatch)
    }

    @Test(arguments: [("[1]", 1), ("[1,2,3]", 3), ("[null]", 1), ("[[]]", 1), ("[[[1]],\"x\"]", 2)])
    func `rows 23, 24 and 27: elements that are no objects are invalid one by one`(
        text: String, count: Int
    ) throws {
        let elements = try #require(batch(text))
        #expect(elements.count == count)
        for element in elements {
            guard case .invalid(.null, let error) = element else {
                Issue.record("\(element)")
                continue
            }
            #expect(error.code == -32600)
        }
    }

    @Test func `rows 24 and 25: a mixed batch keeps its order`() throws {
        let elements = try #require(
            batch(
                """
                [{"jsonrpc":"2.0","id":1,"method":"a"},7,{"jsonrpc":"2.0","method":"n"},
                 {"jsonrpc":"2.0","id":2,"result":true},{"foo":"boo"},{"jsonrpc":"2.0","id":3,"method":"b"}]
                """))
        #expect(elements.count == 6)
        #expect(elements[0] == .request(Request(id: RequestID(1), method: "a")))
        #expect(elements[2] == .request(Request(id: nil, method: "n")))
        #expect(elements[3] == .response(Response(id: RequestID(2), result: .success(true))))
        #expect(elements[5] == .request(Request(id: RequestID(3), method: "b")))
    }

    @Test(arguments: [
        #"[{"jsonrpc":"2.0","id":1,"method":"a"},{"jsonrpc":"2.0","method"]"#, "[1,]", "[1", "[1]]",
        #"[{"jsonrpc":"2.0","id":1,"method":"a"} {}]"#,
    ])
    func `row 26: malformed text anywhere is one parse error`(text: String) {
        expectParseError(text)
    }

    @Test func `row 28: too many elements carry the id of the first call`() {
        let limits = MessageLimits(maxBatch: 3)
        let call = #"{"jsonrpc":"2.0","id":"first","method":"a"}"#
        #expect(MessageParser.parse("[1,2,3]", limits) != .batchTooLarge(id: .null))
        #expect(MessageParser.parse("[1,2,3,4]", limits) == .batchTooLarge(id: .null))
        #expect(
            MessageParser.parse("[1,2,3,4,\(call)]", limits)
                == .batchTooLarge(id: RequestID("first")))
        #expect(
            MessageParser.parse(
                "[\(call),2,3,4,{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"x\"}]", limits)
                == .batchTooLarge(id: RequestID("first")))
        expectParseError("[1,2,3,4,nope]", limits)
    }

    // MARK: - Bytes

    @Test(arguments: [
        "", " \n", "'f", "{\"jsonrpc\":\"2.0\",", "{,}", "{\"a\"}", "NaN", "/**/{}", "{}x",
        "\u{FEFF}{}", #"{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]"#,
        "{\"jsonrpc\":\"2.0\",\"method\":\"a\u{0}b\"}", #"{"jsonrpc":"2.0","method":"\ud800"}"#,
        #"{"jsonrpc":"2.0","method":"x","x":"\ud800"}"#,
    ])
    func `rows 33 to 36: what is not JSON is a parse error`(text: String) {
        expectParseError(text)
    }

    @Test func `row 33: bytes that are not UTF-8 are a parse error wherever they stand`() {
        for template in [
            #"{"jsonrpc":"2.0","id":"?","method":"x"}"#, #"{"jsonrpc":"2.0","id":1,"method":"?"}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"x","params":["?"]}"#, #"{"jsonrpc":"2.0","?":1}"#,
            #"{"jsonrpc":"2.0","x":"?"}"#, #"{"jsonrpc":"?","x":1}"#,
        ] {
            let bytes = Array(template.utf8).flatMap {
                $0 == UInt8(ascii: "?") ? [0xC0, 0xAF] : [$0]
            }
            guard case .single(.invalid(.null, let error)) = MessageParser.parse(bytes: bytes)
            else {
                Issue.record("\(template)")
                continue
            }
            #expect(error.kind == "parse_error", "\(template)")
        }
    }

    @Test(arguments: [
        (#"{"jsonrpc":"2.0","id":5,"method":"x","method":"y"}"#, "5", "method"),
        (#"{"jsonrpc":"2.0","method":"x","params":{"a":1,"a":2},"id":5}"#, "5", "a"),
        (#"{"jsonrpc":"2.0","id":5,"method":"x","params":[{"b":{"c":1,"\u0063":2}}]}"#, "5", "c"),
        (#"{"jsonrpc":"2.0","id":5,"method":"x","extra":1,"extra":2}"#, "5", "extra"),
        (#"{"jsonrpc":"2.0","id":5,"method":"x","extra":{"d":1,"d":2}}"#, "5", "d"),
        (#"{"jsonrpc":"2.0","id":5,"method":"x","id":6}"#, "null", "id"),
        (#"{"jsonrpc":"2.0","method":"x","method":"y"}"#, "null", "method"),
    ])
    func `row 37: a duplicate key is an error of its own with the id`(
        text: String, id: String, key: String
    ) {
        let error = expectInvalid(text, id: id)
        #expect(error?.kind == "duplicate_key")
        #expect(error?.message.contains("\"\(key)\"") == true)
    }

    @Test func `row 37: in a batch only the element with the duplicate is blamed`() throws {
        let elements = try #require(
            batch(
                #"[{"jsonrpc":"2.0","id":1,"method":"a","params":{"a":1,"a":1}},{"jsonrpc":"2.0","id":2,"method":"b"}]"#
            ))
        #expect(elements.first == .invalid(id: RequestID(1), .duplicateKey("a")))
        #expect(elements.last == .request(Request(id: RequestID(2), method: "b")))
    }

    @Test func `row 38: numbers in params keep their text`() {
        let params = "[9007199254740993,18446744073709551616,1e400,0.1,-0]"
        let message = MessageParser.parse(
            #"{"jsonrpc":"2.0","id":1,"method":"x","params":\#(params)}"#)
        guard case .single(.request(let request)) = message else {
            Issue.record("\(message)")
            return
        }
        #expect(request.params?.text == params)
    }

    @Test func `row 39: too much nesting is a parse error that says so`() {
        let error = expectParseError(String(repeating: "[", count: 100_000))
        #expect(error?.message.contains("nested too deep at byte 128") == true)
        let nested = String(repeating: "[", count: 127) + String(repeating: "]", count: 127)
        let message = MessageParser.parse(
            #"{"jsonrpc":"2.0","id":1,"method":"x","params":\#(nested)}"#)
        guard case .single(.request) = message else {
            Issue.record("\(message)")
            return
        }
        expectParseError(#"{"jsonrpc":"2.0","id":1,"method":"x","params":[\#(nested)]}"#)
    }

    // MARK: - Helpers

    @discardableResult
    private func expectInvalid(
        _ text: String, id: String, location: SourceLocation = #_sourceLocation
    ) -> RPCError? {
        guard case .single(.invalid(let echo, let error)) = MessageParser.parse(text) else {
            Issue.record("\(text) was let through", sourceLocation: location)
            return nil
        }
        #expect(error.code == -32600, sourceLocation: location)
        #expect(echo.text == id, sourceLocation: location)
        return error
    }

    @discardableResult
    private func expectParseError(
        _ text: String, _ limits: MessageLimits = MessageLimits(),
        location: SourceLocation = #_sourceLocation
    ) -> RPCError? {
        guard case .single(.invalid(.null, let error)) = MessageParser.parse(text, limits) else {
            Issue.record("\(text) was let through", sourceLocation: location)
            return nil
        }
        #expect(error.code == -32700 && error.kind == "parse_error", sourceLocation: location)
        return error
    }

    private func batch(_ text: String) -> [Incoming]? {
        if case .batch(let elements) = MessageParser.parse(text) { elements } else { nil }
    }
}
