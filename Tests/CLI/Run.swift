import OpsJSONRPC

@testable import opsloop

/// One run of the program in made-up surroundings, with what it printed.
struct Run {
    var exit: ExitCode
    var out: String
    var err: String

    /// Collects what is written; used by one test on one thread.
    final class Paper {
        var text = ""
    }

    init(
        _ arguments: [String], socket: String? = nil, input: [String] = [], rests: Int = 0,
        variables: [String: String] = [:], files: [String: String] = [:],
        bytes: [String: [UInt8]] = [:]
    ) {
        let out = Paper()
        let err = Paper()
        var lines = input[...]
        var rests = rests
        var variables = variables
        if let socket { variables["OPSLOOP_SOCKET"] = socket }
        let surroundings = Surroundings(
            variables: variables, clock: Clock(now: { Fixture.now }, zone: { _ in 0 }),
            machine: Machine(name: "box", uptimeMs: 273_600_000, processors: 2),
            bytes: { path in
                guard let bytes = bytes[path] ?? files[path].map({ Array($0.utf8) }) else {
                    throw Failure.usage("cannot read \(path)")
                }
                return bytes
            },
            inputLine: { lines.popFirst() }, exists: { _ in false },
            out: { _ in Self.stream(out) }, err: { _ in Self.stream(err) },
            rest: { _ in
                rests -= 1
                return rests >= 0
            })
        exit = Program(surroundings: surroundings).run(arguments)
        self.out = out.text
        self.err = err.text
    }

    private static func stream(_ paper: Paper) -> Stream {
        Stream(isTerminal: false, palette: .plain, width: nil, write: { paper.text += $0 })
    }
}
