internal import Glibc
internal import Logging

/// Remembers on the disk which programs were started, so that those which outlive a daemon that was
/// killed are ended by the next one.
///
/// A number alone may by then belong to somebody else. So the start time, the run of the machine
/// and the process group have to agree as well, and nothing is ever done to a process of which any
/// of them differs.
struct ProcessLedger: Sendable {
    private static let suffix = ".process"
    /// How long the killed get to be gone.
    private static let patience = 200

    private let folder: String
    private let logger: Logger

    init(folder: String, logger: Logger) {
        self.folder = folder
        self.logger = logger
    }

    /// Remembers a program that has just been started.
    ///
    /// Not synced to the disk: when the machine goes down, the program does too.
    func record(_ name: String, _ processID: pid_t) {
        guard let entry = ProcessEntry(processID) else { return }
        let line = "\(entry.processID) \(entry.startTime) \(ProcessEntry.bootID)\n"
        let path = folder + "/" + name + Self.suffix
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, write(descriptor, line, line.utf8.count) == line.utf8.count else {
            logger.warning("a plugin's process can't be recorded", metadata: ["path": "\(path)"])
            return
        }
    }

    /// Forgets a program that has ended, unless another has been recorded in its place.
    func forget(_ name: String, _ processID: pid_t) {
        guard words(name).first == "\(processID)" else { return }
        remove(name)
    }

    private func remove(_ name: String) { unlink(folder + "/" + name + Self.suffix) }

    /// Ends what an earlier daemon has left behind, and returns the names of the plugins.
    ///
    /// Blocks until the programs are gone.
    func reap() -> [String] {
        mkdir(folder, 0o700)
        var killed: [(name: String, entry: ProcessEntry)] = []
        for name in recorded() {
            defer { remove(name) }
            guard let entry = leftover(name) else { continue }
            logger.notice(
                "ends a plugin's process that an earlier daemon has left behind",
                metadata: ["plugin": "\(name)", "pid": "\(entry.processID)"])
            kill(-entry.processID, SIGKILL)
            killed.append((name, entry))
        }
        for (_, entry) in killed { waitUntilGone(entry) }
        return killed.map(\.name)
    }

    private func recorded() -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(Self.suffix) {
                names.append(String(name.dropLast(Self.suffix.count)))
            }
        }
        return names
    }

    /// The recorded process, if it is still that very one.
    private func leftover(_ name: String) -> ProcessEntry? {
        let words = words(name)
        guard words.count == 3, let number = pid_t(words[0]), number > 1,
            let start = UInt64(words[1]), words[2] == ProcessEntry.bootID,
            let entry = ProcessEntry(number)
        else { return nil }
        return entry.startTime == start && entry.group == number && !entry.isZombie ? entry : nil
    }

    private func words(_ name: String) -> [String] {
        guard let file = fopen(folder + "/" + name + Self.suffix, "re") else { return [] }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
            .split(whereSeparator: \.isWhitespace).map(String.init)
    }

    private func waitUntilGone(_ entry: ProcessEntry) {
        for _ in 0..<Self.patience {
            guard let now = ProcessEntry(entry.processID), now.startTime == entry.startTime,
                !now.isZombie
            else { return }
            usleep(10_000)
        }
    }
}
