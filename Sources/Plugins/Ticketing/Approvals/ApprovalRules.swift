internal import OpsCore
internal import OpsJSONRPC

/// Decides what votes come to, and who may give one.
enum ApprovalRules {
    /// How many of the approvers have to agree.
    ///
    /// - Throws: `invalid_params` for approvers or a number that cannot be.
    static func needed(
        _ mode: Approval.Mode, _ needed: Int?, of approvers: [String], requester: String?,
        askedBy asker: String
    ) throws(RPCError) -> Int {
        guard !approvers.isEmpty else { throw .badMember("approvers", "are missing") }
        for (index, approver) in approvers.enumerated() {
            let path = "approvers[\(index)]"
            if approver.isEmpty { throw .badMember(path, "must not be empty") }
            if approver == requester {
                throw .badMember(path, "is the requester, who cannot agree to it")
            }
            if approver == asker { throw .badMember(path, "is the one who asks for it") }
            if approvers[..<index].contains(approver) { throw .badMember(path, "is there twice") }
        }
        switch mode {
        case .any, .all:
            guard needed == nil else {
                throw .badMember("needed", "belongs to the mode quorum, not to \(mode.rawValue)")
            }
            return mode == .any ? 1 : approvers.count
        case .quorum:
            guard let needed else { throw .badMember("needed", "is required for the mode quorum") }
            guard (1...approvers.count).contains(needed) else {
                throw .badMember(
                    "needed", "must be 1 to \(approvers.count), as many as there are approvers")
            }
            return needed
        }
    }

    /// What the votes come to: it is decided as soon as the rest cannot change it any more.
    static func outcome(of approval: Approval) -> Approval.State {
        let consenting = approval.consenting.count
        if consenting >= approval.needed { return .approved }
        let refusing = approval.votes.count - consenting
        return approval.approvers.count - refusing < approval.needed ? .rejected : .pending
    }

    /// Whose voice a vote is.
    ///
    /// Somebody else may write a vote down, as after a meeting, but nobody who wants it for
    /// themselves.
    /// - Throws: `conflict` when it is decided, `forbidden` for whose voice does not count.
    static func voice(
        _ approval: Approval, of caller: String, onBehalfOf other: String?, requester: String?
    ) throws(RPCError) -> String {
        guard approval.state == .pending else {
            throw .conflict("\(approval.ref) is \(approval.state.rawValue) already.")
        }
        let interested = caller == requester || caller == approval.requestedBy
        if other != nil, interested, caller != Principal.system.name {
            throw .forbidden("\(caller) asks for it and cannot write votes of others down.")
        }
        let approver = other ?? caller
        guard approval.approvers.contains(approver) else {
            throw .forbidden(
                "\(approver) is none of those who are asked.",
                hint: "They are \(approval.approvers.joined(separator: ", ")).")
        }
        return approver
    }
}
