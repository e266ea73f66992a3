import OpsJSONRPC
import TestClient
import TestVectors
import Testing

/// The 18 public scripts of go-ethereum's RPC server, held with this one over its socket.
@Suite(
    "Public scripts", .timeLimit(.minutes(2)),
    .enabled(if: SharedData.has("geth-rpc"), "the shared folder with geth-rpc is not here"))
struct GethScriptTests {
    @Test func `every file and every line of them is used`() {
        #expect(GethScript.all.count == 18)
        #expect(GethScript.all.map(\.exchanges.count).reduce(0, +) == 40)
        #expect(GethScript.all.flatMap(\.strangeLines) == [])
    }

    @Test(arguments: GethScript.all)
    func `a script gets the answers it expects`(script: GethScript) async throws {
        try await GethDialogue.run { dialogue in
            let client = try dialogue.server.connect()
            for exchange in script.exchanges {
                try await client.send(exchange.sent + "\n")
                for owed in GethDialogue.owed(script, exchange) {
                    let answer = try await client.message()
                    #expect(
                        Self.complaint(about: answer, expecting: owed) == nil,
                        "\(exchange.sent) was answered \(answer.text)")
                }
            }
            client.endSending()
            #expect(try await client.linesUntilTheEnd() == [])
        }
    }

    @Test func `every difference of policy is one, and has its reason`() {
        for difference in GethPolicy.differences {
            let exchange = GethScript.all.first { $0.name == difference.script }?
                .exchanges.first { $0.sent == difference.sent }
            #expect(exchange != nil, "\(difference.script) has no line \(difference.sent)")
            #expect(exchange?.answers != difference.answers, "\(difference.sent) is no difference")
            #expect(!difference.reason.isEmpty)
        }
    }

    // MARK: - Comparing

    /// Messages may be worded in another way, and errors may carry data; all else must agree.
    static func complaint(about answer: JSON, expecting owed: JSON) -> String? {
        if let answers = answer.array, let owed = owed.array {
            guard answers.count == owed.count else { return "\(answers.count) answers" }
            return zip(answers, owed).lazy.compactMap { complaint(about: $0, expecting: $1) }.first
        }
        guard let code = owed["error"]?["code"] else {
            return answer == owed ? nil : "not as expected"
        }
        guard answer.object?.keys.sorted() == owed.object?.keys.sorted() else {
            return "other members"
        }
        guard answer["jsonrpc"] == "2.0", answer["id"] == owed["id"] else { return "other id" }
        guard answer["error"]?["code"] == code else { return "other code" }
        return answer["error"]?["message"]?.string?.isEmpty == false ? nil : "no message"
    }

    @Test func `answers that differ in more than their words are told apart`() throws {
        let owed: JSON = ["jsonrpc": "2.0", "id": 1, "error": ["code": -32601, "message": "no"]]
        func complaint(_ change: (inout JSON.Object) -> Void) -> String? {
            var answer = owed.object ?? JSON.Object()
            change(&answer)
            return Self.complaint(about: .object(answer), expecting: owed)
        }
        #expect(complaint { _ in } == nil)
        #expect(complaint { $0["error"] = ["code": -32601, "message": "x", "data": 1] } == nil)
        #expect(complaint { $0["error"] = ["code": -32600, "message": "no"] } == "other code")
        #expect(complaint { $0["id"] = "1" } == "other id")
        #expect(complaint { $0["result"] = 1 } == "other members")
        #expect(Self.complaint(about: [owed, owed], expecting: [owed]) == "2 answers")
    }
}
