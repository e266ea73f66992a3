/// Every error that the protocol itself defines; plugins own the codes from 2000.
extension RPCError {
    // MARK: - The codes of JSON-RPC 2.0

    /// The frame is not JSON (-32700).
    public static func parseError(_ message: String) -> RPCError {
        RPCError(code: -32700, kind: "parse_error", message: message)
    }

    /// The frame is JSON but no request (-32600).
    public static func invalidRequest(_ message: String) -> RPCError {
        RPCError(code: -32600, kind: "invalid_request", message: message)
    }

    /// The request names a key twice (-32600).
    public static func duplicateKey(_ key: String) -> RPCError {
        RPCError(
            code: -32600, kind: "duplicate_key", message: "The key \"\(key)\" stands twice.",
            hint: "Send every member once; which of two values counts is anybody's guess.")
    }

    /// The id belongs to a call that is still in flight (-32600).
    public static func idReuse(_ id: RequestID) -> RPCError {
        RPCError(
            code: -32600, kind: "id_reuse",
            message: "The id \(id) belongs to a call that is still in flight.",
            hint: "Use a new id for every call.")
    }

    /// Nobody offers the method (-32601).
    public static func methodNotFound(_ method: String, hint: String? = nil) -> RPCError {
        RPCError(
            code: -32601, kind: "method_not_found", message: "There is no method \"\(method)\".",
            hint: hint)
    }

    /// The parameters do not fit the method (-32602).
    public static func invalidParams(_ message: String, fields: [FieldError] = []) -> RPCError {
        RPCError(code: -32602, kind: "invalid_params", message: message, fields: fields)
    }

    /// The server failed in a way that is its own fault (-32603).
    public static func internalError(
        _ message: String = "The server failed; its log says why.", requestID: String? = nil
    ) -> RPCError {
        RPCError(code: -32603, kind: "internal_error", message: message, requestID: requestID)
    }

    // MARK: - The codes of OpsLoop

    /// The caller has not said who it is (1001).
    public static func unauthenticated(_ message: String, hint: String? = nil) -> RPCError {
        RPCError(code: 1001, kind: "unauthenticated", message: message, hint: hint)
    }

    /// The caller may not do this (1002).
    public static func forbidden(_ message: String, hint: String? = nil) -> RPCError {
        RPCError(code: 1002, kind: "forbidden", message: message, hint: hint)
    }

    /// The record does not exist (1003).
    public static func notFound(_ message: String, hint: String? = nil) -> RPCError {
        RPCError(code: 1003, kind: "not_found", message: message, hint: hint)
    }

    /// The record's state does not allow this (1004).
    public static func conflict(_ message: String, hint: String? = nil) -> RPCError {
        RPCError(code: 1004, kind: "conflict", message: message, hint: hint)
    }

    /// The record has changed since the caller read it (1005).
    public static func staleGeneration(_ message: String) -> RPCError {
        RPCError(
            code: 1005, kind: "stale_generation", message: message,
            hint: "Read the record again and repeat the change with its new generation.")
    }

    /// The caller asks too often (1006).
    public static func rateLimited(_ message: String, retryAfterMs: Int? = nil) -> RPCError {
        RPCError(
            code: 1006, kind: "rate_limited", message: message, retryable: true,
            retryAfterMs: retryAfterMs)
    }

    /// The call took longer than it may (1007).
    public static func deadlineExceeded(_ message: String) -> RPCError {
        RPCError(code: 1007, kind: "deadline_exceeded", message: message, retryable: true)
    }

    /// The caller has cancelled the call (1008).
    public static func cancelled(_ message: String = "The call was cancelled.") -> RPCError {
        RPCError(code: 1008, kind: "cancelled", message: message)
    }

    /// A frame, a batch or an answer is larger than allowed (1009).
    public static func tooLarge(_ message: String, hint: String? = nil) -> RPCError {
        RPCError(code: 1009, kind: "too_large", message: message, hint: hint)
    }

    /// Too much is going on already (1010).
    public static func busy(_ message: String, retryAfterMs: Int? = nil) -> RPCError {
        RPCError(
            code: 1010, kind: "busy", message: message, retryable: true,
            retryAfterMs: retryAfterMs)
    }

    /// The plugin that owns the method is not running (1011).
    public static func pluginUnavailable(_ message: String) -> RPCError {
        RPCError(code: 1011, kind: "plugin_unavailable", message: message, retryable: true)
    }

    /// The plugin died during the call (1012).
    public static func pluginTerminated(_ message: String, retryable: Bool = false) -> RPCError {
        RPCError(code: 1012, kind: "plugin_terminated", message: message, retryable: retryable)
    }

    /// The idempotency key was used with other parameters (1013).
    public static func idempotencyMismatch(_ message: String) -> RPCError {
        RPCError(code: 1013, kind: "idempotency_mismatch", message: message)
    }

    /// The call with this idempotency key is still in flight (1014).
    public static func idempotencyInFlight(_ message: String) -> RPCError {
        RPCError(code: 1014, kind: "idempotency_in_flight", message: message, retryable: true)
    }

    /// The disk is full (1015).
    public static func storageFull(_ message: String) -> RPCError {
        RPCError(
            code: 1015, kind: "storage_full", message: message, retryable: true,
            hint: "Free some space and repeat the call.")
    }

    /// The store could not be read or written (1016).
    public static func storageFailed(_ message: String) -> RPCError {
        RPCError(code: 1016, kind: "storage_failed", message: message)
    }
}
