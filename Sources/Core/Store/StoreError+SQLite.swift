import GRDB

extension StoreError {
    /// Translates what the engine threw; an error of the caller's own passes through unchanged.
    ///
    /// Only the engine's message is kept. It names tables and columns and never holds a value,
    /// unlike the statement, whose text is the caller's.
    static func from(_ error: any Error, path: String) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        let (code, words, hint) = classify(error.resultCode)
        let message = "\(words): \(error.message ?? "no details")"
        return StoreError(code, message, path: path, underlying: error, hint: hint)
    }

    private static func classify(_ code: ResultCode) -> (Code, String, hint: String?) {
        switch code {
        case .SQLITE_NOTADB:
            (.notADatabase, "the file is not an OpsLoop database", hintNotADatabase)
        case .SQLITE_CORRUPT: (.corrupt, "the database is damaged", hintCorrupt)
        case .SQLITE_FULL: (.full, "there is no space left for the database", hintFull)
        case .SQLITE_BUSY, .SQLITE_LOCKED: (.locked, "the database is locked", hintLocked)
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            (.permission, "the database cannot be written", hintPermission)
        case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_NOMEM:
            (.io, "the database file could not be read or written", hintIO)
        case .SQLITE_CONSTRAINT: (.constraint, "the write breaks a rule of the schema", nil)
        case .SQLITE_ABORT: (.aborted, "the transaction was rolled back", nil)
        case .SQLITE_MISUSE: (.invalidStatement, "the statement is not allowed", nil)
        default: (.invalidStatement, "the statement failed", nil)
        }
    }

    static func closed(path: String) -> StoreError {
        StoreError(.closed, "the store is closed", path: path)
    }

    static let hintNotADatabase =
        "Point to another file, or move this one away to start with an empty database."
    static let hintCorrupt = "Restore a backup; keep the damaged file for examination."
    static let hintFull = "Free some space on that file system; writes work again at once."
    static let hintLocked = "Is another opsloopd running on the same data folder?"
    static let hintPermission = "Check owner and mode of the file and of its folder."
    static let hintIO = "Check the disk and the system's log."
}
