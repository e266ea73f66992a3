internal import OpsJSONRPC

/// Decides what records become when changes of them are taken back.
///
/// Changes come newest first. A member goes back to what it was before the change, as long as it is
/// still what the change made of it; what others have changed in it since is a conflict. So a
/// change can be taken back under later ones that were about something else.
struct RevertRules: Sendable {
    /// A change of a record, as the audit log has it.
    struct Change: Sendable {
        var entry: Int64
        var ref: Ref
        /// The record before; nil when it came with this change.
        var before: JSON.Object?
        /// The record after; nil when it went with this change.
        var after: JSON.Object?
    }

    /// What is in the way.
    struct Conflict: Codable, Sendable, Equatable {
        /// The audit entry that was to be taken back.
        var entry: Int64
        var ref: Ref?
        /// The member that is not what the entry made of it; absent where it is about the whole.
        var member: String?
        var reason: String
        /// What the entry made of it, and what it is now.
        var expected: JSON?
        var found: JSON?
    }

    private(set) var conflicts: [Conflict] = []
    /// What becomes of each record, in the order in which it is to be done.
    private(set) var order: [Ref] = []
    private var states: [Ref: JSON.Object?] = [:]

    /// Begins with the records as they are now; nil for one that is gone.
    mutating func begin(_ ref: Ref, as state: JSON.Object?) {
        guard states[ref] == nil else { return }
        states[ref] = .some(state)
        order.append(ref)
    }

    /// What a record is to be; nil for one that is to be gone.
    func state(of ref: Ref) -> JSON.Object? { states[ref] ?? Optional.none }

    /// Takes a change back, if nothing is in the way.
    mutating func takeBack(_ change: Change) {
        switch (change.before, change.after) {
        case (nil, let made?): unmake(change, made)
        case (let lost?, nil): remake(change, lost)
        case (let before?, let after?): undo(change, before, after)
        case (nil, nil): break
        }
    }

    private mutating func unmake(_ change: Change, _ made: JSON.Object) {
        guard let present = state(of: change.ref) else {
            return refuse(change, "it is gone already")
        }
        let differences = RecordChange.differences(made, present)
        guard differences.isEmpty else {
            for difference in differences {
                refuse(change, "was changed since", difference.member, difference)
            }
            return
        }
        states[change.ref] = .some(nil)
    }

    private mutating func remake(_ change: Change, _ lost: JSON.Object) {
        guard state(of: change.ref) == nil else { return refuse(change, "it is there again") }
        states[change.ref] = .some(lost)
    }

    private mutating func undo(_ change: Change, _ before: JSON.Object, _ after: JSON.Object) {
        guard var present = state(of: change.ref) else {
            return refuse(change, "it is gone since")
        }
        var isClean = true
        for difference in RecordChange.differences(before, after) {
            let member = difference.member
            guard present[member] == difference.after else {
                isClean = false
                let found = RecordChange.Difference(
                    member: member, before: difference.after, after: present[member])
                refuse(change, "was changed since", member, found)
                continue
            }
            present[member] = difference.before
        }
        if isClean { states[change.ref] = .some(present) }
    }

    private mutating func refuse(
        _ change: Change, _ reason: String, _ member: String? = nil,
        _ difference: RecordChange.Difference? = nil
    ) {
        conflicts.append(
            Conflict(
                entry: change.entry, ref: change.ref, member: member, reason: reason,
                expected: difference?.before, found: difference?.after))
    }
}
