internal import Glibc
internal import OpsToken

/// The file with the key of all tokens, made when the first token is.
///
/// Without it every token is worthless, and taking it away is how to make them so all at once.
struct TokenKeyFile: Sendable {
    let path: String

    /// Reads the key; nil when there is none yet.
    ///
    /// - Throws: ``TokenKeyError`` when the file is not one that this user alone can read.
    func read() throws(TokenKeyError) -> TokenKey? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw TokenKeyError(path, "can't be read", errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw TokenKeyError(path, "is no file")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw TokenKeyError(path, "can be read by others; chmod 600 makes it private again")
        }
        // One byte more than a key has, so that a file that is too long is seen.
        var bytes = [UInt8](repeating: 0, count: TokenKey.byteCount + 1)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard let key = TokenKey([UInt8](bytes.prefix(max(count, 0)))) else {
            throw TokenKeyError(path, "does not hold \(TokenKey.byteCount) bytes")
        }
        return key
    }

    /// Makes the key, on the disk when this returns; an existing one is taken instead.
    ///
    /// - Throws: ``TokenKeyError`` when the system does not play along.
    func readOrCreate() throws(TokenKeyError) -> TokenKey {
        if let key = try read() { return key }
        let draft = path + ".new"
        try write(draft)
        // A link instead of a renaming: it never takes the place of a key that is there.
        let status = link(draft, path)
        let code = errno
        unlink(draft)
        guard status == 0 || code == EEXIST else {
            throw TokenKeyError(path, "can't be made", code)
        }
        syncFolder()
        guard let key = try read() else { throw TokenKeyError(path, "has vanished") }
        return key
    }

    private func write(_ draft: String) throws(TokenKeyError) {
        let bytes: [UInt8]
        do {
            bytes = try RandomBytes.draw(TokenKey.byteCount)
        } catch {
            throw TokenKeyError(path, "can't be made: \(error)")
        }
        // What an interrupted start has left.
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw TokenKeyError(draft, "can't be made", errno) }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0
        else { throw TokenKeyError(draft, "can't be written", errno) }
    }

    /// The name of the file has to outlive a power cut, too; where that can't be had, the key is
    /// there all the same until then.
    private func syncFolder() {
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/")
        let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}

/// Why there is no key for tokens.
struct TokenKeyError: Error, CustomStringConvertible {
    let description: String

    init(_ path: String, _ problem: String, _ code: CInt? = nil) {
        let reason = code.map { ": " + String(cString: strerror($0)) } ?? ""
        description = "the key of the tokens, \(path), \(problem)\(reason)"
    }
}
