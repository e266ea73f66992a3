import OpsJSONRPC
import Testing

@testable import OpsCore

struct DispatcherTests {
    private func call(_ id: String, _ method: String, _ params: String = "{}") -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"trial.\#(method)","params":\#(params)}"#
    }

    private func notify(_ method: String, _ params: String = "{}") -> String {
        #"{"jsonrpc":"2.0","method":"trial.\#(method)","params":\#(params)}"#
    }

    private func batch(_ items: String...) -> String { "[\(items.joined(separator: ","))]" }

    // MARK: - One call

    @Test(arguments: ["echo", "later"])
    func `a call is answered on one line with its id`(method: String) async throws {
        try await Desk.run { desk in
            try await desk.send(call("1.0", method, #"{"text":"hi"}"#))
            let lines = await desk.lines.first(1)
            #expect(lines == [#"{"jsonrpc":"2.0","id":1.0,"result":{"text":"hi"}}"# + "\n"])
        }
    }

    @Test(arguments: ["echo", "later"])
    func `parameters may be given by position`(method: String) async throws {
        try await Desk.run { desk in
            let answer = try await desk.ask(call("1", method, #"["hi",2]"#))
            #expect(answer.first?["result"]?["text"] == "hihi")
        }
    }

    @Test(arguments: [
        ("echo", #"{"text":"hi"}"#), ("later", #"{"text":"hi"}"#), ("echo", #"{"wrong":1}"#),
        ("later", #"{"wrong":1}"#), ("unknown", "{}"), ("undone", "{}"), ("fail", #"["crash"]"#),
        ("fail_later", #"["crash"]"#),
    ])
    func `a notification is never answered`(method: String, params: String) async throws {
        try await Desk.run { desk in
            try await desk.send(notify(method, params))
            try await desk.settle()
            #expect(desk.lines.entries.isEmpty)
        }
    }

    @Test func `a response that nobody waits for is dropped`() async throws {
        try await Desk.run { desk in
            try await desk.send(#"{"jsonrpc":"2.0","id":1,"result":{}}"#)
            #expect(desk.lines.entries.isEmpty)
        }
    }

    @Test func `an id is free again once its call is answered`() async throws {
        try await Desk.run { desk in
            for _ in 1...2 {
                let answer = try await desk.ask(call("1", "later", #"["x"]"#))
                #expect(answer.first?["result"] != nil)
            }
        }
    }

    @Test func `an id that is in flight is refused and its first call still answered`()
        async throws
    {
        try await Desk.run { desk in
            try await desk.send(call("7", "held"))
            try await desk.send(call("7", "echo", #"["x"]"#))
            let refusal = try JSON.parse(desk.lines.entries[0])
            #expect(refusal["id"] == 7)
            #expect(refusal["error"]?["data"]?["kind"] == "id_reuse")
            desk.hold.keep()
            try await desk.settle()
            #expect(desk.lines.entries.count == 2)
            #expect(try JSON.parse(desk.lines.entries[1])["result"] == [:])
        }
    }

    @Test func `the same number in other words is another id`() async throws {
        try await Desk.run { desk in
            try await desk.send(call("7", "held"))
            let answers = try await desk.loop.perform { desk.lines.entries }
            #expect(answers.isEmpty)
            try await desk.send(call("7.0", "echo", #"["x"]"#))
            #expect(try JSON.parse(desk.lines.entries[0])["result"] != nil)
            desk.hold.keep()
            try await desk.settle()
        }
    }

    // MARK: - Errors

    @Test func `an unknown method gets a suggestion`() async throws {
        try await Desk.run { desk in
            let error = try await desk.ask(call("1", "ehco"))[0]["error"]
            #expect(error?["code"] == -32601)
            #expect(error?["data"]?["hint"] == "did you mean trial.echo?")
        }
    }

    @Test func `a method whose plugin is not running says so`() async throws {
        try await Desk.run { desk in
            let error = try await desk.ask(call("1", "undone"))[0]["error"]
            #expect(error?["data"]?["kind"] == "plugin_unavailable")
            #expect(error?["data"]?["retryable"] == true)
        }
    }

    @Test(arguments: ["fail", "fail_later"])
    func `an error of the handler travels whole`(method: String) async throws {
        try await Desk.run { desk in
            let error = try await desk.ask(call("1", method, #"["rpc"]"#))[0]["error"]
            #expect(error?["code"] == 1004)
            #expect(error?["message"] == "The record is busy.")
            #expect(error?["data"]?["hint"] == "Come back later.")
            #expect(error?["data"]?["request_id"]?.string?.hasPrefix("r") == true)
        }
    }

    @Test(arguments: ["fail", "fail_later"])
    func `an error of the store is told without its insides`(method: String) async throws {
        try await Desk.run { desk in
            let answer = try await desk.ask(call("1", method, #"["store"]"#))[0]
            #expect(answer["error"]?["code"] == 1015)
            #expect(answer["error"]?["data"]?["retryable"] == true)
            #expect(!answer.text.contains("/secret/place"))
        }
    }

    @Test(arguments: ["fail", "fail_later"], ["crash", "unwritable"])
    func `a crash of the handler is logged whole and told without its insides`(
        method: String, how: String
    ) async throws {
        try await Desk.run { desk in
            let answer = try await desk.ask(call("1", method, "[\"\(how)\"]"))[0]
            let error = answer["error"]
            #expect(error?["code"] == -32603)
            #expect(error?["message"] == "The server failed; its log says why.")
            #expect(!answer.text.contains("Refusal"))
            let id = try #require(error?["data"]?["request_id"]?.string)
            #expect(desk.log.entries.count == 1)
            #expect(desk.log.entries[0].contains("request=\(id)"))
            #expect(desk.log.entries[0].contains("method=trial.\(method)"))
        }
    }

    @Test(arguments: ["fail", "fail_later"])
    func `a cancelled handler answers as cancelled`(method: String) async throws {
        try await Desk.run { desk in
            let answer = try await desk.ask(call("1", method, #"["cancelled"]"#))[0]
            #expect(answer["error"]?["code"] == 1008)
        }
    }

    @Test func `bad parameters are named`() async throws {
        try await Desk.run { desk in
            let answer = try await desk.ask(call("1", "echo", #"{"txt":"x","times":0}"#))[0]
            #expect(answer["error"]?["code"] == -32602)
            let fields = answer["error"]?["data"]?["fields"]?.array ?? []
            #expect(fields.map { $0["path"] } == ["txt", "times", "text"])
        }
    }

    // MARK: - Batches

    @Test func `an empty batch gets one error and no array`() async throws {
        try await Desk.run { desk in
            let answer = try await desk.ask("[]")
            #expect(answer.count == 1)
            #expect(answer[0]["id"] == .null)
            #expect(answer[0]["error"]?["code"] == -32600)
        }
    }

    @Test func `a batch that is too large is refused as a whole`() async throws {
        try await Desk.run { desk in
            let items = (1...101).map { call("\($0)", "echo", #"["x"]"#) }
            let answer = try await desk.ask("[\(items.joined(separator: ","))]")
            #expect(answer.count == 1)
            #expect(answer[0].array?.count == 1)
            #expect(answer[0][0]?["id"] == 1)
            #expect(answer[0][0]?["error"]?["code"] == -32600)
        }
    }

    @Test func `a batch is answered in the order of its requests`() async throws {
        try await Desk.run { desk in
            try await desk.send(
                batch(
                    call("1", "held"), call("2", "echo", #"["b"]"#), notify("later", #"["n"]"#),
                    call("3", "later", #"["c"]"#), "1", call("4", "fail", #"["crash"]"#)))
            let isEarly = try await desk.loop.perform { !desk.lines.entries.isEmpty }
            #expect(!isEarly)
            desk.hold.keep()
            try await desk.settle()
            #expect(desk.lines.entries.count == 1)
            let answers = try JSON.parse(desk.lines.entries[0]).array ?? []
            #expect(answers.map { $0["id"] } == [1, 2, 3, .null, 4])
            #expect(answers.map { $0["result"] != nil } == [true, true, true, false, false])
        }
    }

    @Test func `a batch of calls that are answered at once needs no second turn`() async throws {
        try await Desk.run { desk in
            try await desk.send(
                batch(call("1", "echo", #"["a"]"#), notify("echo"), call("2", "echo", #"["b"]"#)))
            #expect(desk.lines.entries.count == 1)
            #expect(desk.lines.entries[0].hasSuffix("}]\n"))
            #expect(try JSON.parse(desk.lines.entries[0]).array?.map { $0["id"] } == [1, 2])
        }
    }

    @Test(arguments: ["echo", "later"])
    func `a batch of notifications only is answered with nothing`(method: String) async throws {
        try await Desk.run { desk in
            try await desk.send(batch(notify(method, #"["a"]"#), notify("unknown"), notify(method)))
            try await desk.settle()
            #expect(desk.lines.entries.isEmpty)
        }
    }

    @Test func `one id twice in a batch is refused the second time`() async throws {
        try await Desk.run { desk in
            let answers = try await desk.ask(
                batch(call("1", "later", #"["a"]"#), call("1", "later", #"["b"]"#)))[0].array
            #expect(answers?[0]["result"] != nil)
            #expect(answers?[1]["error"]?["data"]?["kind"] == "id_reuse")
        }
    }

    // MARK: - The reply gate

    @Test func `what waits for the answer comes after it`() async throws {
        try await Desk.run { desk in
            try await desk.send(call("1", "follow"))
            let lines = await desk.lines.first(2)
            #expect(lines[0].hasPrefix("{"))
            #expect(lines[1] == "after the reply")
        }
    }

    @Test func `what waits for the answer in a batch comes after the whole batch`() async throws {
        try await Desk.run { desk in
            try await desk.send(batch(call("1", "follow"), call("2", "held")))
            try await desk.send(call("3", "follow"))
            #expect(await desk.lines.first(2)[1] == "after the reply")
            desk.hold.keep()
            let lines = await desk.lines.first(4)
            #expect(lines[2].hasPrefix("["))
            #expect(lines[3] == "after the reply")
        }
    }

    @Test func `a notification opens the gate without an answer`() async throws {
        try await Desk.run { desk in
            try await desk.send(notify("follow"))
            #expect(await desk.lines.first(1) == ["after the reply"])
        }
    }

    // MARK: - The size of a batch's answer

    @Test func `calls after the answer is full are refused unheard`() async throws {
        try await Desk.run(maxBatchReplyBytes: 1000) { desk in
            let big = #"{"text":"x","times":800}"#
            let answers = try await desk.ask(
                batch(
                    call("1", "echo", big), call("2", "echo", big), call("3", "later", #"["y"]"#),
                    notify("later", #"["z"]"#)))[0].array
            #expect(answers?.count == 3)
            #expect(answers?[0]["result"] != nil)
            #expect(answers?[1]["error"]?["code"] == 1009)
            #expect(answers?[1]["error"]?["message"]?.string?.contains("was carried out") == true)
            #expect(answers?[2]["error"]?["code"] == 1009)
            #expect(answers?[2]["error"]?["message"]?.string?.contains("was not") == true)
        }
    }

    @Test func `answers that come later count as well`() async throws {
        try await Desk.run(maxBatchReplyBytes: 1000) { desk in
            let big = #"{"text":"x","times":400}"#
            let answers =
                try await desk.ask(
                    batch(
                        call("1", "later", big), call("2", "later", big), call("3", "later", big),
                        call("4", "later", big)))[0].array ?? []
            #expect(answers.map { $0["id"] } == [1, 2, 3, 4])
            #expect(answers.count { $0["result"] != nil } == 2)
            #expect(answers.count { $0["error"]?["data"]?["kind"] == "too_large" } == 2)
        }
    }

    // MARK: - Calls from inside

    @Test(arguments: ["trial.echo", "trial.later"])
    func `a call from another thread is answered on the loop`(method: String) async throws {
        try await Desk.run { desk in
            // The handlers themselves insist on the loop.
            let result = try await desk.dispatcher.call(method, ["text": "hi"], as: .system)
            #expect(result == ["text": "hi"])
        }
    }

    @Test(arguments: [
        ("trial.fail", "internal_error"), ("trial.undone", "plugin_unavailable"),
        ("trial.ehco", "method_not_found"), ("trial.echo", "invalid_params"),
    ])
    func `a call from inside fails as one from outside`(
        method: String, kind: String
    ) async throws {
        try await Desk.run { desk in
            let params: JSON = method == "trial.fail" ? ["how": "crash"] : ["x": 1]
            let error = await #expect(throws: RPCError.self) {
                try await desk.dispatcher.call(
                    method, method == "trial.undone" ? nil : params, as: .system)
            }
            #expect(error?.kind == kind)
        }
    }
}
