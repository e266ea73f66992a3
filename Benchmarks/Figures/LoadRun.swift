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

    /// Presses the server behind a socket.
    ///
    /// - Throws: ``BenchError`` when the connection breaks or an answer is an error.
    func press(_ socketPath: String) throws -> LoadResult {
        var result = ops_load_result()
        let status = withPlan(socketPath) { plan in ops_load_run(&plan, &result) }
        guard status == 0 else { throw BenchError("press \(socketPath)", errno: status) }
        guard result.errors == 0 else {
            throw BenchError("\(result.errors) of \(result.replies) calls were not answered well.")
        }
        return LoadResult(
            perSecond: Double(result.replies) / result.seconds, p50: result.p50_us,
            p99: result.p99_us)
    }

    private func withPlan(
        _ socketPath: String, _ body: (inout ops_load_plan) -> CInt
    ) -> CInt {
        let params = request.params.map { ",\"params\":\($0)" } ?? ""
        let call = ",\"method\":\"\(request.method)\""
        let head = #"{"jsonrpc":"2.0","id":"#
        let name = request.numbered.map { "\(call),\"params\":\($0)" }
        let tail = (name == nil ? call + params : request.params ?? "") + "}"
        return socketPath.withCString { path in
            head.withCString { head in
                (name ?? "").withCString { text in
                    tail.withCString { tail in
                        var plan = ops_load_plan(
                            socket_path: path, head: head, name: name == nil ? nil : text,
                            tail: tail, connections: CInt(connections),
                            in_flight: CInt(inFlight), warm_up_seconds: 0.3, seconds: seconds)
                        return body(&plan)
                    }
                }
            }
        }
    }
}

/// What a run of the load showed.
struct LoadResult {
    let perSecond: Double
    /// Microseconds from the request to its answer.
    let p50: Double
    let p99: Double
}
