internal import OpsCore

extension Principal {
    /// Whether it is somebody, and neither a plugin nor a trigger.
    var isPerson: Bool {
        ["plugin:", Trigger.principalPrefix].allSatisfy { !name.hasPrefix($0) }
    }
}
