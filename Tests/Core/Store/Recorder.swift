import OpsCore

/// Collects what is handed to it, from any thread.
final class Recorder<Element: Sendable>: Sendable {
    private let state = Guarded<[Element]>([])
    var all: [Element] { state.withLock { $0 } }
    func append(_ element: Element) { state.withLock { $0.append(element) } }
}
