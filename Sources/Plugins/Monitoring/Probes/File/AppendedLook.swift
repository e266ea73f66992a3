/// One look of ``AppendedContent``.
struct AppendedLook {
    private let known: AppendedContent.Places?
    private let limit: Int
    /// The known files that were not met yet.
    private var rest: [OpenFile.ID: AppendedContent.Place]
    /// A file may have several names.
    private var read: [OpenFile.ID: AppendedContent.Found] = [:]
    /// Files and folders that cannot be looked at just now.
    private var unreadable: Set<String> = []
    /// Where reading began, by path.
    private var starts: [String: (id: OpenFile.ID, offset: Int64)] = [:]
    private(set) var found: [String: AppendedContent.Found] = [:]
    private(set) var places = AppendedContent.Places()

    init(after known: AppendedContent.Places?, limit: Int) {
        self.known = known
        self.limit = limit
        rest = known?.files ?? [:]
    }

    // MARK: - Where files are

    /// Reads what was appended to a file.
    mutating func read(_ file: FileFacts) {
        let path = file.path
        // To open a pipe or a device does something to it.
        guard file.kind == .file else { return found[path] = AppendedContent.Found.none }
        do throws(OpenFile.Failure) {
            let file = try OpenFile(path)
            found[path] = read[file.id] ?? appended(to: file, path)
        } catch {
            found[path] = .unreadable(reason: error.reason)
            noteUnreadable(path)
        }
    }

    /// Keeps what is known of a file that cannot be looked at, or of those in a folder.
    mutating func noteUnreadable(_ path: String) {
        unreadable.insert(path)
        if isFirst(path) { places.unopened.insert(path) }
    }

    /// Whether what a file holds is from before the check began to look.
    private func isFirst(_ path: String) -> Bool { known?.unopened.contains(path) ?? true }

    private mutating func appended(
        to file: OpenFile, _ path: String
    ) -> AppendedContent.Found {
        let found: AppendedContent.Found
        if let place = rest.removeValue(forKey: file.id) {
            let start = place.offset <= file.size ? place.offset : 0
            found = lines(of: file, from: start, path)
        } else if isFirst(path) {
            places.files[file.id] = .init(path: path, offset: file.size)
            found = .nothingYet
        } else {
            found = lines(of: file, from: 0, path)
        }
        read[file.id] = found
        return found
    }

    private mutating func lines(
        of file: OpenFile, from start: Int64, _ path: String
    ) -> AppendedContent.Found {
        let (bytes, end) = file.lines(from: start, limit)
        places.files[file.id] = .init(path: path, offset: end)
        starts[path] = (file.id, start)
        return .bytes(bytes)
    }

    // MARK: - Where files were

    /// Reads files to their ends that are no longer where they were, if they are still beside it.
    mutating func readRest() {
        for (id, place) in rest {
            guard !isUnreadable(place.path) else {
                places.files[id] = place
                continue
            }
            switch OpenFile.path(of: id, beside: place.path) {
            case .found(let path): readRest(of: id, at: path, place)
            case .unknown: places.files[id] = place
            // Its number will be that of another file.
            case .gone: break
            }
        }
    }

    private func isUnreadable(_ path: String) -> Bool {
        unreadable.contains(path) || unreadable.contains { path.hasPrefix("\($0)/") }
    }

    private mutating func readRest(
        of id: OpenFile.ID, at path: String, _ place: AppendedContent.Place
    ) {
        do throws(OpenFile.Failure) {
            let file = try OpenFile(path)
            guard file.id == id else { return }
            let (bytes, end) = file.lines(from: place.offset, limit)
            // Who writes it may have it open for a while: it is kept until a look finds no more.
            guard !bytes.isEmpty || !place.isMoved else { return }
            var place = place
            place.isMoved = true
            if bytes.isEmpty || add(bytes, to: place.path) { place.offset = end }
            places.files[id] = place
        } catch {
            places.files[id] = place
        }
    }

    /// Puts the end of a file before what was found in the one that took its place, which waits when
    /// there is no room for both; answers whether it can be read now.
    private mutating func add(_ bytes: [UInt8], to path: String) -> Bool {
        switch found[path] {
        case .bytes(let after) where bytes.count + after.count <= limit:
            found[path] = .bytes(bytes + after)
        case .bytes:
            // Another one that was there before is being read already.
            guard let start = starts.removeValue(forKey: path) else { return false }
            places.files[start.id]?.offset = start.offset
            found[path] = .bytes(bytes)
        case .unreadable: return false
        case .nothingYet, AppendedContent.Found.none?, nil: found[path] = .bytes(bytes)
        }
        return true
    }
}
