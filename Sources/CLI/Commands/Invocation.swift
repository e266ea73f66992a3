import OpsJSONRPC

/// A command line that was understood.
struct Invocation {
    var command: Command
    var params: JSON.Object
    var settings: Settings

    func text(_ name: String) -> String {
        params[name]?.string ?? ""
    }

    func texts(_ name: String) -> [String] {
        params[name]?.array?.compactMap(\.string) ?? []
    }
}
