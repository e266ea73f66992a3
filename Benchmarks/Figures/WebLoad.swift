import OpsBenchFloor

/// A web server that is pressed with pings.
struct WebLoad {
    var port: Int
    let token: String
    let seconds: Double

    /// Presses it over so many connections, each with so many calls on their way.
    ///
    /// - Throws: ``BenchError`` when a connection breaks or an answer is an error.
    func press(
        _ isWebSocket: Bool, _ connections: Int, _ inFlight: Int
    ) throws -> LoadResult {
        var result = ops_load_result()
        let status = token.withCString { token in
            var plan = ops_web_plan(
                port: CInt(port), is_websocket: isWebSocket ? 1 : 0, token: token,
                connections: CInt(connections), in_flight: CInt(inFlight), warm_up_seconds: 0.3,
                seconds: seconds)
            return ops_web_run(&plan, &result)
        }
        guard status == 0 else { throw BenchError("press port \(port)", errno: status) }
        guard result.errors == 0 else {
            throw BenchError("\(result.errors) of \(result.replies) pings were not answered well.")
        }
        return LoadResult(
            perSecond: Double(result.replies) / result.seconds, p50: result.p50_us,
            p99: result.p99_us)
    }
}
