import Glibc

/// Reads the files that `@FILE` and `-` name, and descriptors that are open already.
enum InputFile {
    /// What stands before the number of an open descriptor.
    ///
    /// It is read as it is: opening the name would ask for rights that whoever opened it may have
    /// had and this process has not.
    static let pathPrefix = "/dev/fd/"

    static func bytes(_ path: String) throws -> [UInt8] {
        let inherited = inheritedDescriptor(path)
        let descriptor = inherited ?? open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure.usage("cannot read \(path): \(SystemError.text(errno))")
        }
        defer { if inherited == nil { close(descriptor) } }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw Failure.usage("cannot read \(path): \(SystemError.text(errno))")
            }
            bytes += chunk[..<count]
        }
        return bytes
    }

    /// What a file holds, as text.
    static func text(_ bytes: [UInt8], of path: String) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure.usage("\(path) is not UTF-8 text")
        }
        return text
    }

    private static func inheritedDescriptor(_ path: String) -> CInt? {
        if path == "-" { return STDIN_FILENO }
        return path.hasPrefix(pathPrefix) ? CInt(path.dropFirst(pathPrefix.count)) : nil
    }
}
