internal import TestVectors

/// What the fuzzer starts from: messages of this server, and the public texts where they are here.
package struct Corpus: Sendable {
    /// Half of it is what this server understands: the rest is soon refused.
    private let kinds: [[[UInt8]]]

    package init() {
        let longest = 2048
        let own = Self.own.map { Array($0.utf8) }
        let scripts = GethScript.all.flatMap(\.exchanges).map { Array($0.sent.utf8) }
        let texts = SharedData.files(of: "jsontestsuite/test_parsing").map(\.bytes)
            .filter { $0.count <= longest }
        kinds = [own, own, scripts, texts].filter { !$0.isEmpty }
    }

    func pick(using generator: inout SeededGenerator) -> [UInt8] {
        kinds.randomElement(using: &generator)?.randomElement(using: &generator) ?? []
    }

    private static let own = [
        #"{"jsonrpc":"2.0","id":1,"method":"system.ping"}"#,
        #"{"jsonrpc":"2.0","id":"a","method":"puppet.echo","params":{"text":"x","count":3}}"#,
        #"{"jsonrpc":"2.0","id":-2,"method":"puppet.echo","params":["x",9,0.5,["a","b"]]}"#,
        #"{"jsonrpc":"2.0","method":"puppet.echo","params":{"text":"\u00e4\ud83d\ude00"}}"#,
        #"{"jsonrpc":"2.0","id":3,"method":"puppet.later","params":{"level":"low","size":[1,2]}}"#,
        #"{"jsonrpc":"2.0","id":4,"method":"puppet.later","params":{"_meta":{"timeout_ms":1}}}"#,
        #"{"jsonrpc":"2.0","id":5,"method":"puppet.hold","params":{"_meta":{"progress_token":7}}}"#,
        #"{"jsonrpc":"2.0","id":6,"method":"puppet.hold","params":{"_meta":{"timeout_ms":1}}}"#
            + #"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":6}}"#,
        #"{"jsonrpc":"2.0","id":7,"method":"puppet.hold"}"# + "\n"
            + #"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":7}}"#,
        #"{"jsonrpc":"2.0","id":8,"method":"puppet.fail","params":{"_meta":{"dry_run":true}}}"#,
        #"{"jsonrpc":"2.0","id":9,"method":"event.subscribe","params":{"topics":["puppet.*"]}}"#,
        #"{"jsonrpc":"2.0","id":10,"method":"event.unsubscribe","params":{"subscription":"s1"}}"#,
        #"[{"jsonrpc":"2.0","id":1,"method":"puppet.later"},7,"#
            + #"{"jsonrpc":"2.0","method":"puppet.fail"},"#
            + #"{"jsonrpc":"2.0","id":2,"method":"puppet.hold"},"#
            + #"{"jsonrpc":"2.0","id":2,"result":{}}]"#,
        #"{"jsonrpc":"2.0","id":null,"method":"system.ping","params":null}"#,
        #"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m"}}"#,
        "Content-Length: 47\r\n\r\n" + #"{"jsonrpc":"2.0","id":1,"method":"system.ping"}"#,
    ]
}
