internal import OpsJSONRPC

/// Answers the methods about the audit log.
struct AuditHandlers {
    let store: Store

    static let declarations = [
        MethodDeclaration(ListAudit.self), MethodDeclaration(VerifyAudit.self),
    ]

    func bind(_ methods: MethodRegistrar) {
        methods.handle(ListAudit.self) { [store] _, params in
            try await store.read { try AuditQuery(params).page($0) }
        }
        methods.handle(VerifyAudit.self) { [store] call, params in
            try await Self.verify(params, call, store)
        }
    }

    private static func verify(
        _ params: VerifyAudit, _ call: Call, _ store: Store
    ) async throws -> VerifyAudit.Result {
        let expected = try params.expectedHead.map(head)
        var verification = AuditVerification(from: params.fromSeq ?? 1, expected: expected)
        while !verification.isFinished {
            try Task.checkCancellation()
            let last = verification
            verification = try await store.read { transaction in
                var next = last
                try next.checkPage(transaction)
                return next
            }
            call.progress(Double(verification.checkedRows))
        }
        if verification.hasMissedExpected {
            throw RPCError.badField(
                "expected_head",
                "is older than the rows that were looked at; nothing shows "
                    + "whether it is right")
        }
        return VerifyAudit.Result(
            ok: verification.finding == nil, checked: verification.checkedRows,
            head: verification.head.description, firstBadSeq: verification.finding?.seq,
            problem: verification.finding?.problem)
    }

    private static func head(_ text: String) throws -> AuditHead {
        guard let head = AuditHead(text) else {
            throw RPCError.badField("expected_head", "is not one that audit.verify has answered")
        }
        return head
    }
}
