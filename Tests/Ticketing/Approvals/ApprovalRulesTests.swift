import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// What votes come to, and whose count.
@Suite struct ApprovalRulesTests {
    private func approval(
        _ mode: Approval.Mode, needed: Int, _ approvers: [String],
        _ votes: [(String, Approval.Vote.Choice)] = []
    ) -> Approval {
        let now = Instant(milliseconds: 0)
        return Approval(
            ref: Approval.ref(1), ticket: "REQ-1", mode: mode, needed: needed,
            approvers: approvers, state: .pending, subjectHash: "", overridesFreeze: false,
            freezes: [],
            comment: "", requestedBy: "desk",
            votes: votes.map {
                Approval.Vote(approver: $0.0, vote: $0.1, comment: "", recordedBy: nil, at: now)
            }, createdAt: now, updatedAt: now, generation: 1)
    }

    @Test func `It is decided as soon as the rest cannot change it`() {
        let three = ["a", "b", "c"]
        let table: [(Approval.Mode, Int, String, Approval.State)] = [
            (.any, 1, "", .pending), (.any, 1, "a+", .approved), (.any, 1, "a-", .pending),
            (.any, 1, "a- b-", .pending), (.any, 1, "a- b- c-", .rejected),
            (.all, 3, "a+ b+", .pending), (.all, 3, "a+ b+ c+", .approved),
            (.all, 3, "a-", .rejected), (.quorum, 2, "a+ b-", .pending),
            (.quorum, 2, "a+ b- c+", .approved), (.quorum, 2, "a- b-", .rejected),
        ]
        for (mode, needed, text, state) in table {
            let votes = text.split(separator: " ").map {
                (String($0.dropLast()), $0.hasSuffix("+") ? Approval.Vote.Choice.approve : .reject)
            }
            let outcome = ApprovalRules.outcome(of: approval(mode, needed: needed, three, votes))
            #expect(outcome == state, "\(mode) \(text)")
        }
    }

    @Test func `How many are needed follows from the mode`() throws {
        func needed(_ mode: Approval.Mode, _ number: Int?) throws -> Int {
            try ApprovalRules.needed(
                mode, number, of: ["a", "b", "c"], requester: "r", askedBy: "desk")
        }
        #expect(try needed(.any, nil) == 1)
        #expect(try needed(.all, nil) == 3)
        #expect(try needed(.quorum, 2) == 2)
        for (mode, number) in [
            (Approval.Mode.quorum, nil), (.quorum, 0), (.quorum, 4), (.any, 1), (.all, 3),
        ] as [(Approval.Mode, Int?)] {
            let error = #expect(throws: RPCError.self) { try needed(mode, number) }
            #expect(error?.fields.map(\.path) == ["needed"])
        }
    }

    @Test func `Nobody agrees to what is their own`() {
        for (approvers, path) in [
            ([], "approvers"), (["r"], "approvers[0]"), (["a", "desk"], "approvers[1]"),
            (["a", "a"], "approvers[1]"), ([""], "approvers[0]"),
        ] as [([String], String)] {
            let error = #expect(throws: RPCError.self) {
                try ApprovalRules.needed(
                    .any, nil, of: approvers, requester: "r", askedBy: "desk")
            }
            #expect(error?.fields.map(\.path) == [path])
        }
    }

    @Test func `A voice is one's own, or is written down by somebody who wants nothing`() throws {
        let open = approval(.any, needed: 1, ["a", "b"])
        func voice(_ caller: String, _ other: String?) throws -> String {
            try ApprovalRules.voice(open, of: caller, onBehalfOf: other, requester: "r")
        }
        #expect(try voice("a", nil) == "a")
        #expect(try voice("clerk", "b") == "b")
        for (caller, other) in [
            ("x", nil), ("clerk", "x"), ("r", "a"), ("desk", "a"),
        ] as [(String, String?)] {
            let error = #expect(throws: RPCError.self) { try voice(caller, other) }
            #expect(error?.kind == "forbidden", "\(caller)")
        }
        var over = open
        over.state = .approved
        let error = #expect(throws: RPCError.self) {
            try ApprovalRules.voice(over, of: "a", onBehalfOf: nil, requester: nil)
        }
        #expect(error?.kind == "conflict")
    }
}
