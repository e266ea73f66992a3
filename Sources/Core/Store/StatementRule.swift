import Glibc

/// Refuses the statements that only the store itself may run.
///
/// The writer owns transactions, and what only SQLite has stays inside the store, so that a
/// plugin's SQL runs on another engine unchanged.
enum StatementRule {
    private static let reserved: Set<String> = [
        "BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE",
        "PRAGMA", "ATTACH", "DETACH", "VACUUM",
    ]

    /// Throws when the statement begins with a reserved word.
    static func check(_ sql: String) throws {
        let word = firstWord(of: sql)
        guard !reserved.contains(word) else {
            throw StoreError(
                .invalidStatement, "the statement \(word) is reserved to the store",
                hint: "Transactions begin and end with the closure given to read or write.")
        }
    }

    /// Throws when a migration uses what group commit cannot contain.
    ///
    /// A deferred constraint is checked when the shared transaction commits, where its failure
    /// would take everybody else's work with it.
    static func checkMigration(_ sql: String) throws {
        guard !sql.uppercased().contains("INITIALLY DEFERRED") else {
            throw StoreError(
                .invalidStatement, "deferred constraints are not allowed",
                hint: "Declare the foreign key without INITIALLY DEFERRED.")
        }
    }

    /// Throws when a text holds a NUL: SQLite would store it and give back what stands before; other
    /// engines refuse it.
    static func checkText(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        guard let start = bytes.baseAddress, memchr(start, 0, bytes.count) != nil else { return }
        throw StoreError(
            .invalidArgument, "text with a NUL character cannot be stored",
            hint: "Store it as bytes, or take the character out.")
    }

    private static func firstWord(of sql: String) -> String {
        let start = sql.utf8.drop { !isLetter($0) && $0 != UInt8(ascii: "-") && $0 != slash }
        // A leading comment is skipped, or it would hide the word behind it.
        if start.starts(with: "--".utf8) {
            return firstWord(of: String(Substring(start.drop { $0 != UInt8(ascii: "\n") })))
        }
        if start.starts(with: "/*".utf8) { return firstWord(of: afterComment(start)) }
        return String(Substring(start.prefix(while: isLetter))).uppercased()
    }

    private static func afterComment(_ text: Substring.UTF8View) -> String {
        var rest = text.dropFirst(2)
        while !rest.isEmpty, !rest.starts(with: "*/".utf8) { rest = rest.dropFirst() }
        return String(Substring(rest.dropFirst(2)))
    }

    private static let slash = UInt8(ascii: "/")

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }
}
