import OpsJSONRPC

/// Where this server answers otherwise than go-ethereum's, line by line, and why.
struct GethPolicy {
    let script: String
    let sent: String
    /// What this server answers instead.
    let answers: [JSON]
    let reason: String

    static let noCallsBack = "the server never calls a client back; events are subscriptions"
    static let neverAsked = "an answer to a question that was never asked is ignored"

    static let differences: [GethPolicy] = [
        GethPolicy(
            script: "revcall.js",
            sent:
                #"{"jsonrpc":"2.0","id":2,"method":"test_callMeBack","params":["foo",[1]]}"#,
            answers: [unknownMethod(2)], reason: noCallsBack),
        GethPolicy(
            script: "revcall.js", sent: #"{"jsonrpc":"2.0","id":1,"result":"my result"}"#,
            answers: [], reason: neverAsked),
        GethPolicy(
            script: "revcall2.js",
            sent:
                #"{"jsonrpc":"2.0","id":2,"method":"test_callMeBackLater","params":["foo",[1]]}"#,
            answers: [unknownMethod(2)], reason: noCallsBack),
    ]

    static func difference(_ script: String, _ sent: String) -> GethPolicy? {
        differences.first { $0.script == script && $0.sent == sent }
    }

    private static func unknownMethod(_ id: JSON) -> JSON {
        ["jsonrpc": "2.0", "id": id, "error": ["code": -32601, "message": "not there"]]
    }
}
