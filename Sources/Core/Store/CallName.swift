/// A call as the audit log names it.
struct CallName: Sendable {
    let method: String
    let requestID: String
}
