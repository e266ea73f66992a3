import ArgumentParser
import Glibc
import OpsBenchFloor
import OpsJSONRPC

/// `system.ping` by HTTP and WebSocket, beside a bare libwebsockets server and the Unix socket.
struct WebBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "web",
        abstract: "Calls answered per second by HTTP and WebSocket, beside what they stand on.")

    @Option(help: "How often each is measured, alternating.") var rounds = 5
    @Option(help: "Seconds of one measurement.") var seconds = 2.0

    func run() throws {
        let workspace = try Workspace()
        let config = #"{"schema":1,"plugins":[],"server":{"http":{"listen":["127.0.0.1:0"]}}}"#
        let daemon = try Daemon(
            workspace, config: try workspace.write(config, to: "plugins.json"))
        defer { daemon.stop() }
        let client = try daemon.connect()
        let token = try client.call("token.create", ["name": "bench", "role": "admin"])
        guard let text = token["token"]?.string,
            let address = try client.call("system.stats")["transports"]?["http"]?["listening"]?[0]?
                .string,
            let port = Int(address.split(separator: ":").last ?? "")
        else { throw BenchError("the daemon gives no token or does not listen") }
        let floor = try LWSFloor(workspace)
        // It lives as long as somebody holds it, and its port alone holds nothing.
        try withExtendedLifetime(floor) {
            try compare(
                "post", over: [(50, 1)],
                { try $0.press(.http(port: floor.port, token: text)) },
                { try daemon.press($0, .http(port: port, token: text)) })
        }
        try compare(
            "websocket", over: [(50, 1), (8, 32)], { try daemon.press($0) },
            { try daemon.press($0, .webSocket(port: port, token: text)) })
    }

    private func compare(
        _ name: String, over loads: [(Int, Int)], _ floor: (Load) throws -> LoadResult,
        _ ours: (Load) throws -> LoadResult
    ) throws {
        for (connections, inFlight) in loads {
            let load = Load(connections: connections, inFlight: inFlight, seconds: seconds)
            let results = try (0..<max(1, rounds)).map { _ in
                (try floor(load), try ours(load))
            }
            report("\(name)_\(load.name)", results)
        }
    }

    private func report(_ name: String, _ results: [(floor: LoadResult, ours: LoadResult)]) {
        let floor = results.map(\.floor.perSecond).median
        let ours = results.map(\.ours.perSecond).median
        Figure("\(name)_floor", floor, "calls/s").report()
        Figure(name, ours, "calls/s").report()
        Figure("\(name)_p50", results.map(\.ours.p50).median, "us").report()
        Figure("\(name)_p99", results.map(\.ours.p99).median, "us").report()
        Figure("\(name)_ratio", ours / floor, "ratio").report()
    }
}
