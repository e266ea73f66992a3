import OpsJSONRPC

/// Why a command ended badly: what happened, where, and what to do about it when known.
struct Failure: Error, Equatable {
    var exit: ExitCode
    var kind: String
    var message: String
    var fields: [RPCError.FieldError] = []
    var hint: String?
    var usage: String?
    var rpc: RPCError?
    /// Whether the daemon was there and nobody knows what it has made of the call.
    var isConnectionLost = false

    static let interrupted = Failure(exit: .interrupted, kind: "cancelled", message: "interrupted")

    static func usage(_ message: String, hint: String? = nil, usage: String? = nil) -> Failure {
        Failure(exit: .usage, kind: "usage", message: message, hint: hint, usage: usage)
    }

    static func unreachable(_ message: String, hint: String? = nil) -> Failure {
        Failure(exit: .unreachable, kind: "unreachable", message: message, hint: hint)
    }

    static func connectionLost(_ message: String, hint: String? = nil) -> Failure {
        var failure = unreachable(message, hint: hint)
        failure.isConnectionLost = true
        return failure
    }

    static func deadline(_ message: String, hint: String? = nil) -> Failure {
        Failure(exit: .deadline, kind: "deadline_exceeded", message: message, hint: hint)
    }

    /// The daemon's own error, with the exit code that its code stands for.
    init(_ error: RPCError) {
        self.init(
            exit: Self.exit(for: error.code), kind: error.kind, message: error.message,
            fields: error.fields, hint: error.hint, rpc: error)
    }

    init(
        exit: ExitCode, kind: String, message: String, fields: [RPCError.FieldError] = [],
        hint: String? = nil, usage: String? = nil, rpc: RPCError? = nil
    ) {
        self.exit = exit
        self.kind = kind
        self.message = message
        self.fields = fields
        self.hint = hint
        self.usage = usage
        self.rpc = rpc
    }

    private static func exit(for code: Int) -> ExitCode {
        switch code {
        case 1001, 1002: .denied
        case 1007, 1008: .deadline
        default: .server
        }
    }
}
