internal import Glibc

/// The folder that holds everything that must not be lost, owned by one process at a time.
public final class DataDirectory: Sendable {
    /// The folder's path.
    public let path: String
    private let lock: Guarded<CInt?>

    /// Opens the folder, creating it for its owner only, and locks it.
    ///
    /// - Throws: ``DataDirectoryError`` when it can't be made, or another process has it.
    public init(_ path: String) throws(DataDirectoryError) {
        self.path = path
        try Self.create(path)
        let file = path + "/opsloop.lock"
        let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw DataDirectoryError(path: path, "can't create \(file)", errno)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            throw code == EWOULDBLOCK
                ? DataDirectoryError(
                    path: path, "is in use by another opsloopd or embedding program", nil,
                    isInUse: true)
                : DataDirectoryError(path: path, "can't be locked", code)
        }
        lock = Guarded(descriptor)
    }

    deinit { unlock() }

    /// Lets another process have the folder; harmless when that has been done.
    func unlock() {
        let descriptor = lock.withLock { $0.take() }
        if let descriptor { close(descriptor) }
    }

    /// Creates a folder, and those above it, for their owner only.
    static func create(_ path: String) throws(DataDirectoryError) {
        var partial = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            partial += "/" + part
            if mkdir(partial, 0o700) != 0, errno != EEXIST {
                throw DataDirectoryError(path: partial, "can't be created", errno)
            }
        }
    }
}

/// Why a data folder can't be used.
public struct DataDirectoryError: Error, CustomStringConvertible {
    /// The folder.
    public let path: String
    /// The sentence for the operator.
    public let description: String
    /// Whether somebody else has the folder: another process, or another platform of this one.
    public let isInUse: Bool

    init(path: String, _ problem: String, _ code: CInt?, isInUse: Bool = false) {
        self.path = path
        self.isInUse = isInUse
        let reason = code.map { ": " + String(cString: strerror($0)) } ?? ""
        description = "the data folder \(path) \(problem)\(reason)"
    }
}
