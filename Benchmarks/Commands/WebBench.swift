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
        let web = WebLoad(port: port, token: text, seconds: seconds)
        try compareHTTP(web, beside: try LWSFloor(workspace))
        try compareWebSocket(web, daemon.socketPath)
    }

    private func compareHTTP(_ web: WebLoad, beside floor: LWSFloor) throws {
        var floorLoad = web
        floorLoad.port = floor.port
        try compare("post", over: [(50, 1)]) { connections, inFlight in
            (
                try floorLoad.press(false, connections, inFlight),
                try web.press(false, connections, inFlight)
            )
        }
    }

    private func compareWebSocket(_ web: WebLoad, _ socketPath: String) throws {
        try compare("websocket", over: [(50, 1), (8, 32)]) { connections, inFlight in
            let unix = Load(connections: connections, inFlight: inFlight, seconds: seconds)
            return (try unix.press(socketPath), try web.press(true, connections, inFlight))
        }
    }

    private func compare(
        _ name: String, over loads: [(Int, Int)],
        _ press: (Int, Int) throws -> (LoadResult, LoadResult)
    ) throws {
        for (connections, inFlight) in loads {
            let name = "\(name)_\(connections)x\(inFlight)"
            let results = try (0..<max(1, rounds)).map { _ in try press(connections, inFlight) }
            let floor = results.map(\.0.perSecond).median
            let ours = results.map(\.1.perSecond).median
            Figure("\(name)_floor", floor, "calls/s").report()
            Figure(name, ours, "calls/s").report()
            Figure("\(name)_p50", results.map(\.1.p50).median, "us").report()
            Figure("\(name)_p99", results.map(\.1.p99).median, "us").report()
            Figure("\(name)_ratio", ours / floor, "ratio").report()
        }
    }
}
