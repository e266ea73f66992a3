internal import Glibc
internal import OpsPattern

/// Looks at files; blocks as long as the file systems do, so for worker threads only.
enum FileSurvey {
    /// So many files are read in one run at most.
    static let maxContents = 100

    /// Looks once.
    static func look(_ request: FileRequest) -> FileSnapshot {
        var snapshot = FileSnapshot()
        guard resolveOwners(request, &snapshot) else { return snapshot }
        do throws(PathExpansion.TooMany) {
            let expansion = try PathExpansion(request.path)
            snapshot.unreadable = expansion.unreadable
            for path in expansion.paths { look(at: path, &snapshot) }
        } catch {
            snapshot.obstacle = "more than \(PathExpansion.maxPaths) files match"
            return snapshot
        }
        if request.readsContent { read(request, &snapshot) }
        return snapshot
    }

    private static func resolveOwners(
        _ request: FileRequest, _ snapshot: inout FileSnapshot
    ) -> Bool {
        snapshot.ownerID = request.owner.flatMap(SystemAccounts.userID)
        snapshot.groupID = request.group.flatMap(SystemAccounts.groupID)
        if let owner = request.owner, snapshot.ownerID == nil {
            snapshot.obstacle = "there is no user \(owner)"
        } else if let group = request.group, snapshot.groupID == nil {
            snapshot.obstacle = "there is no group \(group)"
        }
        return snapshot.obstacle == nil
    }

    private static func look(at path: String, _ snapshot: inout FileSnapshot) {
        var facts = stat()
        if stat(path, &facts) == 0 { return snapshot.files.append(FileFacts(path, facts)) }
        let error = errno
        guard error == ENOENT || error == ENOTDIR else {
            snapshot.unreadable[path] = String(cString: strerror(error))
            return
        }
        if lstat(path, &facts) == 0 { snapshot.unreadable[path] = "the link leads nowhere" }
    }

    // MARK: - Content

    private static func read(_ request: FileRequest, _ snapshot: inout FileSnapshot) {
        guard snapshot.files.count <= maxContents else {
            snapshot.obstacle = "more than \(maxContents) files would have to be read"
            return
        }
        guard let appended = request.appended else {
            for file in snapshot.files { snapshot.contents[file.path] = content(of: file, request) }
            return
        }
        let (found, places) = appended.look(
            at: snapshot.files, unreadable: snapshot.unreadable.keys, limit: limit(of: request))
        snapshot.contents = found.mapValues { content(of: $0, request) }
        snapshot.places = places
    }

    private static func limit(of request: FileRequest) -> Int {
        let patterns = [request.expected, request.forbidden].compactMap(\.self)
        return min(request.maxContentBytes, patterns.map(\.maxBytes).min() ?? Int.max)
    }

    /// What is not read this time is read the next; so nothing is cut.
    private static func content(
        of found: AppendedContent.Found, _ request: FileRequest
    ) -> FileSnapshot.Content {
        switch found {
        case .none: .none
        case .unreadable(let reason): .unreadable(reason: reason)
        case .nothingYet: .read(hasExpected: nil, hasForbidden: nil, isCut: false)
        case .bytes(let bytes):
            .read(
                hasExpected: request.expected?.isFound(in: bytes),
                hasForbidden: request.forbidden?.isFound(in: bytes), isCut: false)
        }
    }

    private static func content(
        of file: FileFacts, _ request: FileRequest
    ) -> FileSnapshot.Content {
        // To open a pipe or a device does something to it.
        guard file.kind == .file else { return .none }
        let descriptor = open(file.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            return .unreadable(reason: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        let limit = limit(of: request)
        guard let bytes = read(descriptor, limit + 1) else {
            return .unreadable(reason: String(cString: strerror(errno)))
        }
        let seen = Array(bytes.prefix(limit))
        return .read(
            hasExpected: request.expected?.isFound(in: seen),
            hasForbidden: request.forbidden?.isFound(in: seen), isCut: bytes.count > limit)
    }

    /// Reads to the end or `limit`; nil when the system will not.
    private static func read(_ descriptor: CInt, _ limit: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < limit {
            let count = Glibc.read(descriptor, &piece, min(piece.count, limit - bytes.count))
            if count == 0 { break }
            if count < 0, errno != EINTR { return nil }
            if count > 0 { bytes += piece[..<count] }
        }
        return bytes
    }
}
