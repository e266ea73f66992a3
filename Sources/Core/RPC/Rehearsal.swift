internal import OpsJSONRPC

/// Tells whatever runs on behalf of a dry run that it does.
///
/// A handler that writes through ``Call/write(to:_:)`` need not know. One that writes past it would
/// change records on a dry run, so the store refuses that; and a call that it makes to another
/// method becomes a dry run as well.
enum Rehearsal {
    @TaskLocal static var isOn = false

    /// Refuses a write that would stay.
    static func refuseWrites() throws(RPCError) {
        guard isOn else { return }
        throw .conflict(
            "This method cannot be rehearsed; nothing was changed.",
            hint: "Call it without dry_run.")
    }
}
