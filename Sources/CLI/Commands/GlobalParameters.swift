import OpsJSONRPC

/// The options that every command understands.
enum GlobalParameters {
    static let all: [Parameter] = [
        option("socket", "Connect to this socket (also OPSLOOP_SOCKET).", .text) {
            $0.placeholder = "PATH"
        },
        option("token_file", "Act as the token in this file.", .text) { $0.placeholder = "PATH" },
        option("token_fd", "Act as the token that this open descriptor holds.", .integer) {
            $0.placeholder = "N"
        },
        option("output", "How to print; table is for people.", formats) {
            $0.letter = "o"
            $0.placeholder = "FORMAT"
        },
        option("fields", "Only these members, separated by commas.", .list(.text)) {
            $0.placeholder = "A,B"
            // One that sets a field of a record's own would be taken for it.
            $0.hasSingular = false
        },
        option("all", "Every page of a list.", .boolean),
        option("watch", "Run again every so many seconds and redraw.", .text) {
            $0.implied = "2"
            $0.placeholder = "SECONDS"
        },
        option("timeout", "Wait no longer for an answer; 0 waits for ever.", .text) {
            $0.standard = "30s"
            $0.placeholder = "DURATION"
        },
        option("dry_run", "Say what a write would do, and change nothing.", .boolean),
        option(
            "idempotency_key", "Call a write by this name, once however often it is sent; or auto.",
            .text
        ) {
            $0.placeholder = "KEY"
        },
        option("print_request", "Print the request instead of sending it.", .boolean),
        option("no_color", "Never colour.", .boolean),
        option("quiet", "Only results and errors.", .boolean) { $0.letter = "q" },
        option("help", "Explain the command instead of running it.", .boolean) {
            $0.letter = "h"
        },
        option("version", "Print the version.", .boolean),
    ]

    private static let formats = ValueType.choice(OutputFormat.allCases.map(\.rawValue))

    private static func option(
        _ name: String, _ help: String, _ type: ValueType,
        _ details: (inout Parameter) -> Void = { _ in }
    ) -> Parameter {
        var parameter = Parameter(name, help, type)
        details(&parameter)
        return parameter
    }
}
