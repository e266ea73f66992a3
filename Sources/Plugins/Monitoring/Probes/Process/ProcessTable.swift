internal import Glibc
internal import OpsCore

/// Reads the processes from `/proc`, or from a captured copy of it; for worker threads only.
struct ProcessTable: Sendable {
    /// What is read of a process's arguments; they may be megabytes.
    static let maxCommandLineBytes = 16 << 10

    let files: ProcFiles

    /// Returns the processes that fit; those that end meanwhile are left out.
    func processes(_ selection: ProcessSelection) -> [ProcessEntry] {
        let ids = selection.processID.map { [$0] } ?? files.processIDs() ?? []
        return ids.compactMap(entry).filter(selection.fits)
    }

    private func entry(_ id: Int32) -> ProcessEntry? {
        guard var entry = files.text("\(id)/stat").flatMap({ ProcessEntry(parsing: $0) }) else {
            return nil
        }
        let arguments = files.bytes("\(id)/cmdline", max: Self.maxCommandLineBytes) ?? []
        // Each ends with NUL.
        entry.commandLine = String(
            decoding: Array(arguments.split(separator: 0).joined(separator: [UInt8(ascii: " ")])),
            as: UTF8.self)
        entry.userID = files.owner(id) ?? 0
        return entry
    }

    /// Returns the number that stands in a file of one line, such as daemons leave.
    static func processID(inFile path: String) -> Int32? {
        // A pipe in its place must not hold the thread.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(descriptor, &bytes, bytes.count)
        let text = String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
        return text.split(whereSeparator: \.isWhitespace).first.flatMap { Int32($0) }
            .flatMap { $0 > 0 ? $0 : nil }
    }
}
