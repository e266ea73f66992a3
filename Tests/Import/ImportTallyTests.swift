import OpsImport
import OpsJSONRPC
import Testing

/// What an import reports.
@Suite struct ImportTallyTests {
    private func mistake(_ path: String = "name") -> RPCError {
        .invalidParams("Wrong.", fields: [.init(path: path, reason: "is wrong")])
    }

    @Test func `A change names the members that differ`() {
        let old: JSON.Object = ["a": 1, "b": 2, "c": 3]
        let change = Imported.Change(
            kind: "Item", name: "n", ref: "ci:1", from: old, to: ["a": 1, "b": 4, "d": 5])
        #expect(change.action == .update)
        #expect(change.before == ["b": 2, "c": 3])
        #expect(change.after == ["b": 4, "d": 5])
        let new = Imported.Change(kind: "Item", name: "n", ref: "ci:1", from: nil, to: old)
        #expect(new.action == .create)
        #expect(new.before == nil)
        #expect(new.after == old)
    }

    @Test func `A whole import ends at a hundred mistakes, one by rows goes on`() throws {
        var whole = ImportTally(mode: .all, limit: 0)
        var rows = ImportTally(mode: .rows, limit: 0)
        for line in 1...120 {
            if whole.goesOn { whole.reject(line: line, mistake()) }
            #expect(rows.goesOn)
            rows.reject(line: line, mistake())
        }
        #expect(!whole.goesOn)
        let report = try rows.report([:], of: "ci")
        #expect(report.rejected == 120)
        #expect(report.mistakes.count == 100)
        #expect(report.mistakes.first?.path == "line 1: name")
        let refusal = #expect(throws: RPCError.self) { try whole.report([:], of: "ci") }
        #expect(refusal?.fields.count == 100)
        #expect(refusal?.message == "Nothing was imported: 100 lines are wrong.")
        // What comes after was not looked at.
        whole.leaveRest()
        let short = #expect(throws: RPCError.self) { try whole.report([:], of: "ci") }
        #expect(short?.message == "Nothing was imported: at least 100 lines are wrong.")
    }

    @Test func `Lines that are no record are counted and named with the others`() throws {
        var tally = ImportTally(mode: .rows, limit: 0)
        tally.reject([.init(path: "line 2", reason: "is no JSON object")])
        tally.reject(line: 3, mistake())
        let report = try tally.report([:], of: "ci")
        #expect(report.rejected == 2)
        #expect(report.mistakes.map(\.path) == ["line 2", "line 3: name"])
    }

    @Test func `A record with several wrong relations is one record`() throws {
        var tally = ImportTally(mode: .rows, limit: 0)
        tally.reject(line: 4, mistake())
        tally.rejectPart(line: 3, mistake("depends_on"))
        tally.rejectPart(line: 3, mistake("runs_on"))
        let report = try tally.report([:], of: "ci")
        #expect(report.rejected == 2)
        #expect(
            report.mistakes.map(\.path) == [
                "line 3: depends_on", "line 3: runs_on", "line 4: name",
            ])
    }

    @Test func `Records that begin on one line are counted one by one`() throws {
        var tally = ImportTally(mode: .rows, limit: 0)
        for _ in 1...3 { tally.reject(line: 1, mistake()) }
        #expect(try tally.report([:], of: "ci").rejected == 3)
    }

    @Test func `The first lines are named, whatever is wrong with them`() throws {
        var tally = ImportTally(mode: .rows, limit: 0)
        tally.reject(
            (4000..<4150).map { RPCError.FieldError(path: "line \($0)", reason: "is no JSON") })
        for line in 5000..<5150 { tally.reject(line: line, mistake("class")) }
        tally.reject(line: 3, mistake("class"))
        tally.rejectPart(line: 2, mistake("depends_on"))
        let report = try tally.report([:], of: "ci")
        #expect(report.rejected == 302)
        #expect(
            report.mistakes.map(\.path) == ["line 2: depends_on", "line 3: class"]
                + (4000..<4098).map { "line \($0)" })
    }

    @Test func `A record is said by one line only, and changes are shown up to the limit`() throws {
        var tally = ImportTally(mode: .all, limit: 1)
        try tally.refuseTwice("ci:1")
        // What was looked at and then refused is no reason to refuse another line.
        try tally.refuseTwice("ci:1")
        tally.note("ci:1", line: 2)
        tally.note("ci:2", line: 3)
        let refusal = #expect(throws: RPCError.self) { try tally.refuseTwice("ci:1") }
        #expect(refusal?.fields.map(\.reason) == ["says the same record as line 2"])
        for number in 1...3 {
            tally.show(.init(kind: "Item", name: "\(number)", ref: "", from: nil, to: [:]))
        }
        var counts = Imported.Counts()
        #expect(!counts.isChange)
        counts.created = 3
        #expect(counts.isChange)
        let report = try tally.report(["ci": counts], of: "ci")
        #expect(report.changes.map(\.name) == ["1"])
        #expect(report.moreChanges == 2)
    }
}
