internal import COpsLoop
internal import OpsCore
internal import OpsJSONRPC

/// Why a function of the library did not do what it was asked to: a code for programs, a text for
/// people.
struct EmbedError: Error {
    let code: CInt
    let text: JSON

    init(_ code: CInt, _ kind: String, _ message: String, hint: String? = nil) {
        self.code = code
        var members: JSON.Object = ["kind": .string(kind), "message": .string(message)]
        members["hint"] = hint.map(JSON.string)
        text = .object(members)
    }

    /// A mistake in what the host handed over, member by member.
    init(_ error: RPCError) {
        code = OPSLOOP_EINVAL
        var members: JSON.Object = [
            "kind": .string(error.kind), "message": .string(error.message),
        ]
        if !error.fields.isEmpty {
            members["fields"] = .array(
                error.fields.map { ["path": .string($0.path), "reason": .string($0.reason)] })
        }
        members["hint"] = error.hint.map(JSON.string)
        text = .object(members)
    }

    /// Why a platform did not start.
    init(start error: any Error) {
        switch error {
        case let error as EmbedError: self = error
        case let error as RPCError: self.init(error)
        case let error as PluginError:
            let code = error.code == .startFailed ? OPSLOOP_EPLUGIN : OPSLOOP_EINVAL
            self.init(code, error.code.rawValue, "\(error)")
        case let error as DataDirectoryError:
            self.init(
                error.isInUse ? OPSLOOP_EINUSE : OPSLOOP_EIO,
                error.isInUse ? "in_use" : "data_folder", "\(error)",
                hint: error.isInUse ? "One folder has one owner at a time; stop the other." : nil)
        case let error as StoreError: self.init(OPSLOOP_EIO, error.code.rawValue, "\(error)")
        case let error as LoopError: self.init(OPSLOOP_EIO, error.name, "\(error)")
        default: self.init(OPSLOOP_EFAILED, "internal_error", "\(error)")
        }
    }

    static func invalid(_ message: String) -> EmbedError {
        EmbedError(OPSLOOP_EINVAL, "invalid_argument", message)
    }

    static func state(_ message: String) -> EmbedError {
        EmbedError(OPSLOOP_ESTATE, "wrong_state", message)
    }

    static func busy(_ message: String) -> EmbedError {
        EmbedError(OPSLOOP_EBUSY, "busy", message)
    }
}
