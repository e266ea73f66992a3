internal import OpsJSONRPC

extension KitCase {
    /// What can come over the wire besides good requests.
    static let framing = [
        KitCase("survives lines that are no requests") { bench throws(KitError) in
            let (run, _) = try bench.started()
            let lines = [
                "", "   ", "garbage", "{\"jsonrpc\":\"2.0\"", "[]", "7", "null", "{}",
                "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":7}",
                "{\"jsonrpc\":\"2.0\",\"id\":424242,\"result\":1}",
            ]
            for line in lines { try run.send(Array(line.utf8)) }
            try run.send([0xFF, 0xFE, 0x00])
            _ = try bench.describe(run)
            return .passed()
        },
        KitCase("survives a frame of a megabyte") { bench throws(KitError) in
            let (run, manifest) = try bench.started()
            run.isNoting = false
            let name = "\(manifest["name"]?.string ?? "").no_such_method"
            let filler = JSON.string(String(repeating: "x", count: 1 << 20))
            guard case .failure = try run.call(name, ["filler": filler]) else {
                throw KitError("\(name) has a result")
            }
            _ = try bench.describe(run)
            return .passed()
        },
        KitCase("reads two requests that come in one piece, and one that comes in two") {
            bench throws(KitError) in
            let run = try bench.fresh()
            let first = try bench.describe(run)
            let calls = try (1...2).map { _ throws(KitError) in
                try run.begin("plugin.describe", ["protocol": [1]])
            }
            for call in calls {
                guard case .success(first) = try run.answer(to: call) else {
                    throw KitError("the answers differ")
                }
            }
            return .passed()
        },
    ]
}
