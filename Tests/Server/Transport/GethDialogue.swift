import OpsJSONRPC
import OpsTransport
import TestClient
import TestVectors

/// A script as it is held with this server.
struct GethDialogue {
    let server: ServerFixture

    /// The most calls in a batch that the scripts take for granted.
    static let maxBatch = 4

    static func run(_ body: (GethDialogue) async throws -> Void) async throws {
        try await ServerFixture.run({ $0.maxBatch = maxBatch }, offering: GethService.self) {
            try await body(GethDialogue(server: $0))
        }
    }

    /// The answers that this server owes.
    static func owed(_ script: GethScript, _ exchange: GethScript.Exchange) -> [JSON] {
        GethPolicy.difference(script.name, exchange.sent)?.answers ?? exchange.answers
    }

    /// Sends a line in pieces, each of them once the server has read the one before, and returns
    /// so many answers; fails when there are more.
    func answers(to pieces: [ArraySlice<UInt8>], count: Int) async throws -> [JSON] {
        let client = try server.connect()
        var read = try await server.counter("bytes_read")
        for piece in pieces {
            guard client.sendWithoutWaiting(Array(piece)) == piece.count else {
                throw TestFailure("a piece of \(piece.count) bytes was not taken")
            }
            read += piece.count
            let owed = read
            try await server.until("bytes_read") { $0 >= owed }
        }
        var answers: [JSON] = []
        for _ in 0..<count { answers.append(try await client.message()) }
        client.endSending()
        let more = try await client.linesUntilTheEnd()
        guard more.isEmpty else { throw TestFailure("answered too much: \(more)") }
        return answers
    }

    /// An answer without the name of the call, which is another one each time.
    static func withoutRequestID(_ answer: JSON) -> JSON {
        switch answer {
        case .array(let answers): return .array(answers.map(withoutRequestID))
        case .object(var members):
            guard var error = members["error"]?.object, var data = error["data"]?.object else {
                return answer
            }
            data["request_id"] = nil
            error["data"] = .object(data)
            members["error"] = .object(error)
            return .object(members)
        default: return answer
        }
    }
}
