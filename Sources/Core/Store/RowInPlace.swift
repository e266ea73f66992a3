import GRDBSQLite

/// The row at which a statement stands, read by the places of its columns, the first of which is 0.
///
/// For queries of tens of thousands of rows: nothing is copied but what is read, where a ``Row`` has all of
/// its values. It can be neither copied nor kept; when its reader returns, the statement goes on.
///
/// Each accessor throws a ``StoreError`` with the code `wrong_column` that names the place when it holds
/// another kind of value. The `optional…` variants answer nil for null.
public struct RowInPlace: ~Copyable {
    private let statement: OpaquePointer

    init(of statement: OpaquePointer) { self.statement = statement }

    /// An integer.
    public func int(_ place: Int) throws -> Int {
        guard let number = try optionalInt(place) else { throw mismatch(place, "an integer") }
        return number
    }

    /// An integer, or nil for null.
    public func optionalInt(_ place: Int) throws -> Int? {
        switch sqlite3_column_type(statement, CInt(place)) {
        case SQLITE_INTEGER: return Int(sqlite3_column_int64(statement, CInt(place)))
        case SQLITE_NULL: return nil
        default: throw mismatch(place, "an integer")
        }
    }

    /// Text.
    public func text(_ place: Int) throws -> String {
        guard let text = try optionalText(place) else { throw mismatch(place, "text") }
        return text
    }

    /// Text, or nil for null.
    public func optionalText(_ place: Int) throws -> String? {
        switch sqlite3_column_type(statement, CInt(place)) {
        case SQLITE_TEXT:
            return sqlite3_column_text(statement, CInt(place)).map { String(cString: $0) }
        case SQLITE_NULL: return nil
        default: throw mismatch(place, "text")
        }
    }

    /// Does not say what is there: it may be a secret.
    private func mismatch(_ place: Int, _ expected: String) -> StoreError {
        StoreError(
            .wrongColumn, "column \(place) holds something else where \(expected) is expected")
    }
}
