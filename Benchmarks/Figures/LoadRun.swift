import Glibc
import OpsBenchFloor

/// What every request of a load asks for.
struct LoadRequest {
    let method: String
    /// The text of the parameters.
    var params: String?
    /// A text in the parameters' place, up to where a running number makes each of them different;
    /// `params` is what follows the number.
    var numbered: String?

    static let ping = LoadRequest(method: "system.ping")
}

/// The load of one run: how many connections keep how many calls on their way, and for how long.
struct Load {
    var request = LoadRequest.ping
    let connections: Int
    let inFlight: Int
    let seconds: Double

    /// How figures name this load.
    var name: String { "\(connections)x\(inFlight)" }

    /// Presses a server.
    ///
    /// - Throws: ``BenchError`` when a connection breaks or an answer is an error.
    func press(_ target: LoadTarget) throws -> LoadResult {
        var result = ops_load_result()
        let status = withPlan(for: target) { plan in ops_load_run(&plan, &result) }
        guard status == 0 else { throw BenchError("press \(target.name)", errno: status) }
        guard result.errors == 0 else {
            throw BenchError("\(result.errors) of \(result.replies) calls were not answered well.")
        }
        return LoadResult(
            perSecond: Double(result.replies) / result.seconds, p50: result.p50_us,
            p99: result.p99_us)
    }

    private func withPlan(
        for target: LoadTarget, _ body: (inout ops_load_plan) -> CInt
    ) -> CInt {
        let params = request.params.map { ",\"params\":\($0)" } ?? ""
        let call = ",\"method\":\"\(request.method)\""
        let name = request.numbered.map { "\(call),\"params\":\($0)" }
        let tail = (name == nil ? call + params : request.params ?? "") + "}"
        let texts = [target.socketPath, target.token, #"{"jsonrpc":"2.0","id":"#, name, tail].map {
            $0.flatMap { strdup($0) }
        }
        defer { for text in texts { free(text) } }
        var plan = ops_load_plan(
            framing: target.framing, socket_path: texts[0], port: CInt(target.port),
            token: texts[1], head: texts[2], name: texts[3], tail: texts[4],
            connections: CInt(connections), in_flight: CInt(inFlight), warm_up_seconds: 0.3,
            seconds: seconds)
        return body(&plan)
    }
}

/// What a run of the load showed.
struct LoadResult {
    let perSecond: Double
    /// Microseconds from the request to its answer.
    let p50: Double
    let p99: Double
}
