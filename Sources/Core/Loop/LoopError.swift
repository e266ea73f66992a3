import CLibuv

/// A system call or libuv call that failed: what was tried, on what, and why it failed.
public struct LoopError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The error number in libuv's form: negative, `UV_ECONNREFUSED` for example.
    public var code: CInt
    /// What was tried, so that it reads well after "cannot": "connect to ::1 port 80".
    public var action: String
    /// What to do about it, when that is known.
    public var hint: String?

    /// Makes an error from libuv's number for it.
    public init(_ code: CInt, _ action: String, hint: String? = nil) {
        self.code = code
        self.action = action
        self.hint = hint
    }

    init(_ code: uv_errno_t, _ action: String, hint: String? = nil) {
        self.init(code.rawValue, action, hint: hint)
    }

    /// The symbolic name of the error: "ECONNREFUSED".
    public var name: String { String(cString: uv_err_name(self.code)) }

    /// The system's sentence for the error: "connection refused".
    public var reason: String { String(cString: uv_strerror(self.code)) }

    /// One line for a person.
    public var description: String {
        let sentence = "cannot \(self.action): \(self.reason) (\(self.name))"
        guard let hint = self.hint else { return sentence }
        return "\(sentence); \(hint)"
    }

    /// Throws when `status` is one of libuv's negative error numbers.
    static func check(_ status: CInt, _ action: @autoclosure () -> String) throws(LoopError) {
        if status < 0 { throw LoopError(status, action()) }
    }
}
