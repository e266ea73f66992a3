internal import OpsJSONRPC

extension KitCase {
    /// What the plugin says about itself before it is started.
    static let description = [
        KitCase("says what it is when it is asked") { bench throws(KitError) in
            guard try bench.describe(try bench.fresh()).object != nil else {
                throw KitError("plugin.describe is not answered with a manifest")
            }
            return .passed()
        },
        KitCase("describes itself with a manifest that OpsLoop accepts") { bench throws(KitError) in
            let manifest = try bench.describe(try bench.fresh())
            let complaints = ManifestCheck(manifest, isBundled: bench.isBundled).complaints
            guard complaints.isEmpty else { throw KitError(complaints.joined(separator: "; ")) }
            return .passed()
        },
        KitCase("describes itself twice alike and touches nothing") { bench throws(KitError) in
            let run = try bench.fresh()
            let first = try bench.describe(run)
            guard try bench.describe(run) == first else {
                throw KitError("the second manifest differs from the first")
            }
            let left = KitFolder.names(in: try bench.workFolder()).filter { $0 != "stderr" }
            guard left.isEmpty, run.claims.isEmpty else {
                throw KitError(
                    "plugin.describe left \(left) behind and asked for \(run.claims.map(\.method))")
            }
            return .passed()
        },
        KitCase("tolerates members that it does not know") { bench throws(KitError) in
            let run = try bench.fresh()
            let manifest = try run.result(
                "plugin.describe", ["protocol": [1, 2], "host": "9.9.9", "later": ["x": 1]])
            guard manifest["name"]?.string != nil else { throw KitError("no manifest came back") }
            var params = try bench.startParams(manifest, bench.config)
            params = SampleValue.changed(params, "later", ["x": 1])
            _ = try run.result("plugin.start", params)
            return .passed()
        },
        KitCase("refuses a bad configuration and names the member") { bench throws(KitError) in
            let run = try bench.fresh()
            let manifest = try bench.describe(run)
            guard let bad = SampleValue.misfit(manifest["config_schema"] ?? [:]) else {
                return .skipped("its config_schema admits everything")
            }
            guard manifest.has("validate") else {
                return .skipped("it leaves that to OpsLoop, which checks config_schema")
            }
            let config = SampleValue.changed(bench.config, bad.name, bad.value)
            let answer = try run.result("plugin.validate", ["config": config])
            let paths = (answer["fields"]?.array ?? []).compactMap { $0["path"]?.string }
            guard answer["ok"] == false, paths.contains(where: { $0.hasPrefix(bad.name) }) else {
                throw KitError("\(bad.name) = \(bad.value.text) is answered with \(answer.text)")
            }
            guard try run.result("plugin.validate", ["config": bench.config])["ok"] == true else {
                throw KitError("the right configuration is refused as well; give it with --config")
            }
            return .passed()
        },
    ]
}
