import Testing

@testable import OpsCore

@Suite struct MigrationPlanTests {
    private let declared = ["a", "b", "c"].map { Migration($0, "") }

    private func refusal(applied: [String], _ declared: [Migration]) -> StoreError? {
        #expect(throws: StoreError.self) {
            try MigrationPlan(owner: "notes", applied: applied, declared: declared)
        }
    }

    @Test(arguments: [[], ["a"], ["a", "b"], ["a", "b", "c"]])
    func `what was not applied is pending, in order`(applied: [String]) throws {
        let plan = try MigrationPlan(owner: "notes", applied: applied, declared: declared)
        #expect(applied + plan.pending.map(\.name) == ["a", "b", "c"])
    }

    @Test func `a database that has seen more was written by a newer version`() {
        let error = refusal(applied: ["a", "b", "c", "d"], declared)
        #expect(error?.code == .newerVersion)
        #expect(error?.message.contains("'d'") == true)
        #expect(error?.message.contains("notes") == true)
        #expect(error?.hint?.contains("Install the version that wrote the database") == true)
        #expect(refusal(applied: ["a"], [])?.code == .newerVersion)
    }

    @Test func `a migration in another place is refused as reordered`() {
        let error = refusal(applied: ["b", "a"], declared)
        #expect(error?.code == .migrationsChanged)
        #expect(error?.message.contains("reordered") == true)
        #expect(refusal(applied: ["a", "c"], declared)?.message.contains("reordered") == true)
    }

    @Test func `a migration with another name is refused as renamed`() {
        let error = refusal(applied: ["a", "old"], declared)
        #expect(error?.code == .migrationsChanged)
        #expect(error?.message.contains("renamed") == true)
        #expect(error?.message.contains("'old' in the database and 'b' in this program") == true)
    }

    @Test func `a name may be declared once`() {
        let error = refusal(applied: [], declared + [Migration("a", "")])
        #expect(error?.code == .migrationsChanged)
        #expect(error?.message.contains("'a' twice") == true)
    }
}
