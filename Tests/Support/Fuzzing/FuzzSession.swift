internal import OpsCore
internal import OpsJSONRPC

/// The fuzzer's side of a connection: looks at what it is told without having asked.
final class FuzzSession: Session, @unchecked Sendable {
    // @unchecked Sendable: every stored variable is touched only on the loop's thread.

    private(set) var notices = 0
    private(set) var complaints: [String] = []
    private var endHandlers: [@Sendable () -> Void] = []

    let queuedBytes = 0

    func notify(_ method: String, _ params: JSON) {
        notices += 1
        let isKnown =
            method == "$/progress"
            ? params["progress_token"] != nil && params["progress"] != nil
            : method.hasPrefix("event.") && params["subscription"] != nil
        if !isKnown { complaints.append("a strange notification: \(method) \(params.text)") }
    }

    func onEnd(_ body: @escaping @Sendable () -> Void) { endHandlers.append(body) }

    func end() {
        for handler in endHandlers { handler() }
        endHandlers = []
    }
}
