internal import OpsPattern

/// Which processes a check is about: those that everything given fits.
struct ProcessSelection: Sendable {
    /// The name of the program, with or without its folder.
    var name: String?
    /// Found anywhere in the arguments.
    var pattern: Pattern?
    var userID: UInt32?
    var processID: Int32?

    /// Whether the process is one of them.
    func fits(_ process: ProcessEntry) -> Bool {
        if let processID, process.id != processID { return false }
        if let userID, process.userID != userID { return false }
        if let name, !isCalled(name, process) { return false }
        return pattern?.isFound(in: process.commandLine) ?? true
    }

    private func isCalled(_ name: String, _ process: ProcessEntry) -> Bool {
        process.name == name || process.program.map { $0 == name } ?? false
            || process.commandLine.split(separator: " ").first.map { $0 == name } ?? false
    }
}
