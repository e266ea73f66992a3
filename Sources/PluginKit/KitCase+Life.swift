internal import OpsJSONRPC

extension KitCase {
    /// Start, stop, reload and health.
    static let life = [
        KitCase("starts, stops, and starts again on what it has kept") { bench throws(KitError) in
            for _ in 1...2 {
                let (run, _) = try bench.started()
                _ = try run.result("plugin.stop", ["deadline_ms": 5000])
                run.endpoint.endInput()
                try run.untilEnd(withinMs: 5000)
            }
            return .passed()
        },
        KitCase("answers a second stop") { bench throws(KitError) in
            let (run, _) = try bench.started()
            _ = try run.call("plugin.stop", ["deadline_ms": 5000])
            _ = try run.call("plugin.stop", ["deadline_ms": 5000])
            return .passed()
        },
        KitCase("claims no more than its manifest") { bench throws(KitError) in
            let (run, manifest) = try bench.started()
            try bench.tryReading(run, manifest)
            let excess = run.claims.filter { !isClaimed($0, in: manifest) }
            guard excess.isEmpty else {
                let names = excess.map { "\($0.method) \($0.name)" }.joined(separator: ", ")
                throw KitError("it asks for \(names), which its manifest does not require")
            }
            return .passed()
        },
        KitCase("says that it is well") { bench throws(KitError) in
            let (run, manifest) = try bench.started()
            guard manifest.has("health") else { return .skipped("it has no health") }
            let health = try run.result("plugin.health")
            guard health["ok"] == true else { throw KitError("it answers \(health.text)") }
            return .passed()
        },
        KitCase("takes its configuration again") { bench throws(KitError) in
            let (run, manifest) = try bench.started()
            guard manifest.has("reload") else { return .skipped("it has no reload") }
            let answer = try run.result("plugin.reload", ["config": bench.config])
            guard answer["applied"]?.bool != nil else {
                throw KitError("it answers \(answer.text) instead of {\"applied\": true}")
            }
            return .passed()
        },
    ]

    private static func isClaimed(
        _ claim: (method: String, name: String), in manifest: JSON
    ) -> Bool {
        let requires = manifest["requires"] ?? [:]
        switch claim.method {
        case "host.call": return covers(requires["call"], claim.name)
        case "event.emit":
            let declared = (manifest["events"]?.array ?? []).compactMap { $0["topic"] }
            return covers(requires["emit"], claim.name) || covers(.array(declared), claim.name)
        default: return requires["store"] == true
        }
    }

    private static func covers(_ scopes: JSON?, _ name: String) -> Bool {
        (scopes?.array ?? []).compactMap(\.string).contains { scope in
            scope == "*" || scope == name
                || scope.hasSuffix(".*") && name.hasPrefix(scope.dropLast())
        }
    }
}

extension Workbench {
    /// Calls every method that only reads.
    func tryReading(_ run: Conversation, _ manifest: JSON) throws(KitError) {
        for method in manifest.methods where method.isRead {
            _ = try run.call(method.methodName, method.sampleParams.withMeta())
        }
    }
}
