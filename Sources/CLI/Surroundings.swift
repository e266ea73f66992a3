import Glibc
import OpsJSONRPC

/// All that the program takes from the process it runs in, so that a test can give it another one.
struct Surroundings {
    var variables: [String: String]
    var clock: Clock
    var machine: Machine
    /// Reads a file, or standard input for `-`.
    var bytes: (String) throws -> [UInt8]
    /// The next line of standard input.
    var inputLine: () -> String?
    var exists: (String) -> Bool
    var out: (_ noColor: Bool) -> Stream
    var err: (_ noColor: Bool) -> Stream
    /// Rests between two looks; false ends a watch.
    var rest: (_ ms: Int) -> Bool
    /// A text that is not made up twice.
    var freshKey: () -> String = {
        String(UInt64.random(in: .min ... .max), radix: 36)
            + String(UInt64.random(in: .min ... .max), radix: 36)
    }

    static func process() -> Surroundings {
        let variables = environment()
        return Surroundings(
            variables: variables, clock: .system, machine: .this(), bytes: InputFile.bytes,
            inputLine: { readLine() }, exists: { access($0, F_OK) == 0 },
            out: { .descriptor(STDOUT_FILENO, variables: variables, noColor: $0) },
            err: { .descriptor(STDERR_FILENO, variables: variables, noColor: $0) },
            rest: { poll(nil, 0, CInt(clamping: $0)) <= 0 })
    }

    private static func environment() -> [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let parts = String(cString: text).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            entry += 1
        }
        return variables
    }

    /// Reads a file that is text.
    func file(_ path: String) throws -> String {
        try InputFile.text(try bytes(path), of: path)
    }

    var glyphs: Glyphs { Glyphs(isASCII: Glyphs.isPlain(variables)) }
}
