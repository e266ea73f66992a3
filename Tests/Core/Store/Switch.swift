import OpsCore

/// Something that is on or off, from any thread.
final class Switch: Sendable {
    private let state = Guarded(false)
    var isOn: Bool { state.withLock { $0 } }
    func set(_ isOn: Bool) { state.withLock { $0 = isOn } }
}
