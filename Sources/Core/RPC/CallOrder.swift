internal import OpsJSONRPC

/// A call that has passed the checks that come before everything else.
struct CallOrder: Sendable {
    let entry: MethodRegistry.Entry
    /// The parameters without `_meta`.
    let params: JSON?
    /// How to carry it out; nil when the caller said nothing.
    var meta: CallMeta?

    /// Whether it is to change nothing although its method does.
    var isRehearsal: Bool { entry.isWriting && meta?.isDryRun == true }

    /// The key under which its result is to be remembered; reads and dry runs need none.
    var idempotencyKey: String? {
        entry.isWriting && !isRehearsal ? meta?.idempotencyKey : nil
    }
}
