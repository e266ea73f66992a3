import Glibc

/// Looks at the place of the database file before the engine does.
///
/// The engine says "unable to open database file" to all of this, and opens a file that it cannot
/// write without a word.
enum StoreFile {
    /// Throws what a person needs to know to put it right.
    static func check(_ path: String) throws {
        let folder = folder(of: path)
        guard isFolder(folder) else {
            throw StoreError(
                .missingFolder, "there is no folder for the database at \(folder)", path: path,
                hint: "Create the folder, or point to another one.")
        }
        guard !isFolder(path) else {
            throw StoreError(
                .notADatabase, "the database is a folder", path: path,
                hint: "Name the file inside of the folder.")
        }
        // The engine creates its log beside the file, so the folder counts as much as the file.
        for place in [folder, path] where access(place, F_OK) == 0 {
            guard access(place, R_OK | W_OK) == 0 else {
                throw StoreError(
                    .permission, "\(place) cannot be read and written by this user", path: path,
                    hint: StoreError.hintPermission)
            }
        }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
