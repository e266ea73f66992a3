import OpsJSONRPC

@testable import OpsCore
@testable import OpsMonitoring

extension MonitoringFixture {
    /// A caller of methods.
    static let user = Principal.user(1000)
    static let call = Call(method: "test", identity: Identity(user), number: 1)

    /// What `check.create` would be given for a scripted check.
    static func wish(
        _ name: String, on stage: String, _ change: (inout CreateCheck) -> Void = { _ in }
    ) -> CreateCheck {
        var wish = CreateCheck()
        wish.name = name
        wish.type = ScriptedCheck.kind
        wish.intervalMs = 60_000
        wish.members = ["stage": .string(stage)]
        change(&wish)
        return wish
    }

    static func heartbeat(
        _ name: String, every intervalMs: Int = 60_000, grace graceMs: Int = 10_000
    ) -> CreateCheck {
        wish(name, on: "") { wish in
            wish.type = HeartbeatCheck.kind
            wish.intervalMs = intervalMs
            wish.members = ["grace_ms": .number(JSON.Number(graceMs))]
        }
    }

    @discardableResult
    func create(_ wish: CreateCheck) async throws -> Check {
        try await service.create(wish, for: Self.call)
    }

    func update(
        _ check: String, _ change: (inout UpdateCheck) -> Void
    ) async throws -> Check {
        var update = UpdateCheck()
        update.check = check
        change(&update)
        return try await service.update(update, for: Self.call)
    }

    func submit(_ check: String, _ state: SubmitCheck.Verdict = .ok) async throws -> Check {
        var params = SubmitCheck()
        params.check = check
        params.state = state
        return try await service.submit(params, for: MonitoringFixture.call)
    }

    /// A check's status as `state type attempt`.
    func status(_ check: String) async throws -> String {
        try await service.get(check).status
    }

    func history(_ check: String) async throws -> [CheckHistoryEntry] {
        var params = CheckHistory()
        params.check = check
        return try await service.history(params).items
    }

    /// Names in the order of a list.
    func names(_ filter: (inout ListChecks) -> Void) async throws -> [String] {
        var params = ListChecks()
        filter(&params)
        return try await service.list(params).items.compactMap { $0.members["name"]?.string }
    }

    /// The events that were announced about checks, oldest first.
    func events(_ topic: String = "check.state_changed") async throws -> [Event] {
        try await store.read { tx in
            try tx.rows(
                "SELECT \(Event.columns) FROM event WHERE topic = ? ORDER BY seq", topic
            ).map(Event.init(row:))
        }
    }

    /// The announced changes as `old>new`.
    func announced() async throws -> [String] {
        try await events().map {
            "\($0.data["previous_state"]?.string ?? "")>\($0.data["state"]?.string ?? "")"
        }
    }

    /// How many checks the store has, those included that nothing is known about yet.
    func storedChecks() async throws -> Int {
        try await count("monitoring_check") + count("monitoring_pending_check")
    }

    func count(_ table: String) async throws -> Int {
        try await store.read { try $0.row("SELECT count(*) AS n FROM \(table)")?.int("n") ?? 0 }
    }
}

extension Check {
    var status: String {
        let parts = [members["state"]?.string, members["state_type"]?.string]
        return parts.map { $0 ?? "?" }.joined(separator: " ") + " \(members["attempt"]?.int ?? -1)"
    }

    subscript(name: String) -> JSON? { members[name] }
}
