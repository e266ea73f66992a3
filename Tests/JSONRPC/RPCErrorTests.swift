import OpsJSONRPC
import Testing

struct RPCErrorTests {
    @Test func `every standard error has its code and kind`() {
        let expected: [(RPCError, Int, String)] = [
            (.parseError("m"), -32700, "parse_error"),
            (.invalidRequest("m"), -32600, "invalid_request"),
            (.duplicateKey("k"), -32600, "duplicate_key"), (.idReuse(.null), -32600, "id_reuse"),
            (.methodNotFound("x"), -32601, "method_not_found"),
            (.invalidParams("m"), -32602, "invalid_params"),
            (.internalError(), -32603, "internal_error"),
            (.unauthenticated("m"), 1001, "unauthenticated"), (.forbidden("m"), 1002, "forbidden"),
            (.notFound("m"), 1003, "not_found"), (.conflict("m"), 1004, "conflict"),
            (.staleGeneration("m"), 1005, "stale_generation"),
            (.rateLimited("m"), 1006, "rate_limited"),
            (.deadlineExceeded("m"), 1007, "deadline_exceeded"), (.cancelled(), 1008, "cancelled"),
            (.tooLarge("m"), 1009, "too_large"), (.busy("m"), 1010, "busy"),
            (.pluginUnavailable("m"), 1011, "plugin_unavailable"),
            (.pluginTerminated("m"), 1012, "plugin_terminated"),
            (.idempotencyMismatch("m"), 1013, "idempotency_mismatch"),
            (.idempotencyInFlight("m"), 1014, "idempotency_in_flight"),
            (.storageFull("m"), 1015, "storage_full"),
            (.storageFailed("m"), 1016, "storage_failed"),
        ]
        for (error, code, kind) in expected {
            #expect(error.code == code && error.kind == kind)
            #expect(!error.message.isEmpty)
            #expect(RPCError(json: error.json) == error)
        }
        #expect(RPCError.storageFull("m").retryable)
    }

    @Test func `an error of another server is read leniently`() {
        #expect(RPCError(json: ["code": -32000, "message": "x"]).message == "x")
        let odd = RPCError(json: [
            "data": ["fields": [1, ["path": "p", "reason": "r"]], "kind": 5]
        ])
        #expect(odd.fields == [.init(path: "p", reason: "r")] && odd.kind == "unknown")
        #expect(RPCError(json: "boom").message == "\"boom\"")
    }

    @Test func `the description names fields, hint and code`() {
        let error = RPCError(
            code: -32602, kind: "invalid_params", message: "Bad.",
            fields: [.init(path: "name", reason: "is missing")], hint: "Add it.")
        #expect("\(error)" == "Bad. (name: is missing) Add it. [invalid_params -32602]")
    }
}
