import OpsBenchFloor

/// The load of one run: how many connections keep how many pings on their way, and for how long.
struct Load {
    let connections: Int
    let inFlight: Int
    let seconds: Double

    /// How figures name this load.
    var name: String { "\(connections)x\(inFlight)" }

    /// Presses the server behind a socket.
    ///
    /// - Throws: ``BenchError`` when the connection breaks or an answer is an error.
    func press(_ socketPath: String) throws -> LoadResult {
        let head = #"{"jsonrpc":"2.0","id":"#
        let tail = #","method":"system.ping"}"#
        var result = ops_load_result()
        let status = socketPath.withCString { path in
            head.withCString { head in
                tail.withCString { tail in
                    var plan = ops_load_plan(
                        socket_path: path, head: head, tail: tail,
                        connections: CInt(connections), in_flight: CInt(inFlight),
                        warm_up_seconds: 0.3, seconds: seconds)
                    return ops_load_run(&plan, &result)
                }
            }
        }
        guard status == 0 else { throw BenchError("press \(socketPath)", errno: status) }
        guard result.errors == 0 else {
            throw BenchError("\(result.errors) of \(result.replies) pings were not answered well.")
        }
        return LoadResult(
            perSecond: Double(result.replies) / result.seconds, p50: result.p50_us,
            p99: result.p99_us)
    }
}

/// What a run of the load showed.
struct LoadResult {
    let perSecond: Double
    /// Microseconds from the request to its answer.
    let p50: Double
    let p99: Double
}
