internal import OpsJSONRPC

/// What a case works with: fresh runs of the plugin, its manifest, its configuration.
final class Workbench {
    let config: JSON
    let isBundled: Bool
    private let answers: JSON.Object
    private let launch: (_ folder: String) throws -> any PluginEndpoint
    private let folder: KitFolder
    private(set) var runs: [Conversation] = []

    init(
        config: JSON, answers: JSON.Object, isBundled: Bool,
        launch: @escaping (String) throws -> any PluginEndpoint
    ) throws(KitError) {
        self.config = config
        self.isBundled = isBundled
        self.answers = answers
        self.launch = launch
        folder = try KitFolder()
    }

    /// The folder that the plugin keeps things in, for this case.
    func stateFolder() throws(KitError) -> String { try folder.folder("state") }

    func workFolder() throws(KitError) -> String { try folder.folder("run") }

    /// A run of the plugin of which nothing has been asked yet.
    func fresh() throws(KitError) -> Conversation {
        let endpoint: any PluginEndpoint
        do {
            endpoint = try launch(try workFolder())
        } catch {
            throw error as? KitError ?? KitError("it does not start: \(error)")
        }
        let run = Conversation(endpoint, host: HostStand(answers: answers))
        runs.append(run)
        return run
    }

    /// What the plugin says about itself.
    func describe(_ run: Conversation) throws(KitError) -> JSON {
        try run.result("plugin.describe", ["protocol": [1], "host": "0.2.0"])
    }

    /// A run that has been started as the daemon starts it.
    func started() throws(KitError) -> (run: Conversation, manifest: JSON) {
        let run = try fresh()
        let manifest = try describe(run)
        try start(run, manifest)
        return (run, manifest)
    }

    func start(_ run: Conversation, _ manifest: JSON) throws(KitError) {
        _ = try run.result("plugin.start", try startParams(manifest, config))
    }

    func startParams(_ manifest: JSON, _ config: JSON) throws(KitError) -> JSON {
        let requires = manifest["requires"] ?? [:]
        return [
            "config": config, "state_dir": .string(try stateFolder()),
            "grants": [
                "call": requires["call"] ?? [], "subscribe": requires["subscribe"] ?? [],
                "emit": requires["emit"] ?? [], "hooks": requires["hooks"] ?? [],
                "store": requires["store"] ?? false,
            ],
        ]
    }

    func end() {
        for run in runs { run.endpoint.destroy() }
    }
}

extension JSON {
    /// What OpsLoop says about a call beside its parameters.
    func withMeta(isDryRun: Bool = false) -> JSON {
        var meta: JSON.Object = [
            "principal": "user:kit", "request_id": "r1", "timeout_ms": 10000,
        ]
        if isDryRun { meta["dry_run"] = true }
        return SampleValue.changed(self, "_meta", .object(meta))
    }

    func has(_ feature: String) -> Bool {
        self["features"]?.array?.contains(.string(feature)) ?? false
    }

    var methods: [JSON] { self["methods"]?.array ?? [] }
    /// Those that change nothing when the kit calls them as a rehearsal.
    var harmlessMethods: [JSON] { methods.filter { $0.isRead || has("dry_run") } }
    var isRead: Bool { self["effect"] == nil || self["effect"] == "read" }
    var methodName: String { self["name"]?.string ?? "" }

    /// Parameters that the method accepts: those of its first example, or made up ones.
    var sampleParams: JSON {
        self["examples"]?[0]?["params"] ?? SampleValue.object(self["params"] ?? [:])
    }
}
