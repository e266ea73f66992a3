import OpsJSONRPC
import Testing

@testable import OpsCore

struct CallMetaTests {
    @Test func `every member is read and written back`() throws {
        let json: JSON = [
            "dry_run": true, "idempotency_key": "k", "timeout_ms": 5, "progress_token": 7,
            "traceparent": "00-1-2-01",
        ]
        let meta = try CallMeta(json: json)
        #expect(meta.isDryRun && meta.idempotencyKey == "k" && meta.timeoutMs == 5)
        #expect(meta.progressToken == 7 && meta.traceparent == "00-1-2-01")
        #expect(JSON.object(meta.json) == json)
        #expect(try CallMeta(json: [:]) == CallMeta())
    }

    @Test(arguments: [
        (#"{"dry_run":1}"#, "_meta.dry_run must be true or false"),
        (#"{"idempotency_key":""}"#, "_meta.idempotency_key must be a string of 1 to 128 bytes"),
        (#"{"timeout_ms":0}"#, "_meta.timeout_ms must be an integer from 1 to 86400000"),
        (#"{"timeout_ms":1.5}"#, "_meta.timeout_ms must be an integer from 1 to 86400000"),
        (
            #"{"progress_token":{}}"#,
            "_meta.progress_token must be a string of at most 128 bytes or an integer"
        ),
        (#"{"dryrun":true}"#, "_meta.dryrun is not known; did you mean dry_run?"),
        ("[]", "_meta must be an object"),
    ])
    func `what is wrong is named`(text: String, complaint: String) throws {
        let error = #expect(throws: RPCError.self) { try CallMeta(json: JSON.parse(text)) }
        #expect(error?.message == complaint)
        #expect(error?.code == -32602)
    }

    @Test func `a key of 129 bytes is too long`() throws {
        let key = String(repeating: "k", count: 129)
        #expect(throws: RPCError.self) { try CallMeta(json: ["idempotency_key": .string(key)]) }
    }

    @Test func `the parameters are handed on without it`() async throws {
        try await CallDesk.run { desk in
            let answer = try await desk.ask(1, "count", ["text": "x"], meta: ["timeout_ms": 10])
            #expect(answer["result"]?["text"] == "x")
            let refusal = try await desk.ask(2, "count", meta: ["nonsense": 1])
            #expect(refusal["error"]?["data"]?["fields"]?[0]?["path"] == "_meta.nonsense")
            #expect(refusal["error"]?["data"]?["request_id"] != nil)
        }
    }
}
