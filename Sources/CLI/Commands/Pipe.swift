import OpsJSONRPC

/// Answers one call after the other on one connection: a line in, a line of JSON out.
struct Pipe {
    var session: Session

    func run(_ out: Stream) throws -> ExitCode {
        var answered = 0
        var failed = 0
        while let line = session.surroundings.inputLine() {
            guard line.contains(where: { !$0.isWhitespace }) else { continue }
            do {
                let (method, params) = try request(line)
                let result = try session.connected().call(method, params)
                out.line(JSON.object(["ok": true, "result": result]).text)
                answered += 1
            } catch let failure as Failure where !Self.isEnd(failure) {
                var report = failure.json.object ?? [:]
                report["ok"] = false
                out.line(JSON.object(report).text)
                failed += 1
            }
        }
        if failed == 0 { return .success }
        return answered == 0 ? .server : .partial
    }

    /// After these there is no point in reading on.
    private static func isEnd(_ failure: Failure) -> Bool {
        failure.exit == .unreachable || failure == .interrupted
    }

    private func request(_ line: String) throws -> (String, JSON.Object) {
        guard line.first(where: { !$0.isWhitespace }) == "{" else { return try words(line) }
        // The daemon would refuse a broken request too, but not tell the line from its neighbours.
        guard let request = try? JSON.parse(line), let method = request["method"]?.string else {
            throw Failure.usage("this is no request object with a method: \(line)")
        }
        return (method, request["params"]?.object ?? [:])
    }

    private func words(_ line: String) throws -> (String, JSON.Object) {
        let values = ValueReader(
            now: session.surroundings.clock.now(), bytes: session.surroundings.bytes)
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        let call = try CallByName(interface: try session.interface(), values: values).read(words)
        return (call.command.method?.name ?? "", call.params)
    }
}
