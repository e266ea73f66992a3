import GRDB
import GRDBSQLite

/// A statement that is bound, stepped and read through SQLite's own interface.
///
/// GRDB prepares it. Its own way of binding boxes every value and looks it up by key paths, which cost
/// more than the insertion of a row (docs/decisions/0002-dependencies.md); its cursors cost as much as
/// a look-up by a key.
struct PreparedStatement {
    private let statement: Statement
    private let handle: OpaquePointer

    init(_ statement: Statement) {
        self.statement = statement
        handle = statement.sqliteStatement
    }

    /// Runs the statement to its end; rows that it answers are dropped.
    ///
    /// - Throws: `DatabaseError`, or ``StoreError`` for an argument that can't be stored.
    func execute(_ arguments: [(any SQLConvertible)?]) throws {
        try execute(arguments.map { $0?.sqlValue ?? .null })
    }

    /// Runs the statement to its end, in the same way.
    func execute(_ arguments: [SQLValue]) throws {
        // What is bound stays until it is bound anew; what was answered is let go at once.
        defer { sqlite3_reset(handle) }
        try bind(arguments)
        var code = sqlite3_step(handle)
        while code == SQLITE_ROW { code = sqlite3_step(handle) }
        try check(code, SQLITE_DONE)
    }

    /// Hands over the rows that the statement answers, until the body answers false.
    func forEach(
        _ arguments: [(any SQLConvertible)?], _ body: (Row) throws -> Bool
    ) throws {
        // A row that is not read to the end would keep the statement, and with it a lock, open.
        defer { sqlite3_reset(handle) }
        try bind(arguments.map { $0?.sqlValue ?? .null })
        var code = sqlite3_step(handle)
        let columns = columns
        while code == SQLITE_ROW {
            let values = columns.indices.map { value(at: CInt($0)) }
            guard try body(Row(columns: columns, values: values)) else { return }
            code = sqlite3_step(handle)
        }
        try check(code, SQLITE_DONE)
    }

    /// Hands over all rows that the statement answers, where they stand.
    func forEachInPlace(
        _ arguments: [(any SQLConvertible)?], _ body: (borrowing RowInPlace) throws -> Void
    ) throws {
        defer { sqlite3_reset(handle) }
        try bind(arguments.map { $0?.sqlValue ?? .null })
        var code = sqlite3_step(handle)
        while code == SQLITE_ROW {
            try body(RowInPlace(of: handle))
            code = sqlite3_step(handle)
        }
        try check(code, SQLITE_DONE)
    }

    /// The names of the columns; asked anew where the engine has prepared the statement again since,
    /// because a table has got another column.
    private var columns: [String] {
        let known = statement.columnNames
        let count = sqlite3_column_count(handle)
        guard known.count != count else { return known }
        return (0..<count).map { String(cString: sqlite3_column_name(handle, $0)) }
    }

    private func value(at index: CInt) -> SQLValue {
        switch sqlite3_column_type(handle, index) {
        case SQLITE_INTEGER: return .int(sqlite3_column_int64(handle, index))
        case SQLITE_FLOAT: return .double(sqlite3_column_double(handle, index))
        case SQLITE_TEXT:
            return sqlite3_column_text(handle, index).map { .text(String(cString: $0)) } ?? .null
        case SQLITE_BLOB:
            let start = sqlite3_column_blob(handle, index)
            let count = Int(sqlite3_column_bytes(handle, index))
            return .blob([UInt8](UnsafeRawBufferPointer(start: start, count: count)))
        default: return .null
        }
    }

    private func bind(_ arguments: [SQLValue]) throws {
        guard arguments.count == Int(sqlite3_bind_parameter_count(handle)) else {
            throw DatabaseError(
                resultCode: .SQLITE_MISUSE,
                message: "wrong number of statement arguments: \(arguments.count)")
        }
        for (index, argument) in arguments.enumerated() {
            try check(try bind(argument, at: CInt(index + 1)), SQLITE_OK)
        }
    }

    private func bind(_ value: SQLValue, at index: CInt) throws -> CInt {
        switch value {
        case .null: return sqlite3_bind_null(handle, index)
        case .int(let number): return sqlite3_bind_int64(handle, index, number)
        case .double(let number): return sqlite3_bind_double(handle, index, number)
        case .text(var text):
            return try text.withUTF8 { bytes in
                try StatementRule.checkText(bytes)
                return sqlite3_bind_text64(
                    handle, index, bytes.baseAddress, UInt64(bytes.count), Self.copied,
                    UInt8(SQLITE_UTF8))
            }
        case .blob(let blob):
            return blob.withUnsafeBytes { bytes in
                // Without an address SQLite would bind null.
                guard let start = bytes.baseAddress, !bytes.isEmpty else {
                    return sqlite3_bind_zeroblob(handle, index, 0)
                }
                return sqlite3_bind_blob64(
                    handle, index, start, UInt64(bytes.count), Self.copied)
            }
        }
    }

    private func check(_ code: CInt, _ expected: CInt) throws {
        guard code != expected else { return }
        throw DatabaseError(
            resultCode: ResultCode(rawValue: code),
            message: String(cString: sqlite3_errmsg(sqlite3_db_handle(handle))))
    }

    /// SQLITE_TRANSIENT, which C declares by a cast that Swift does not import.
    private static var copied: sqlite3_destructor_type {
        unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    }
}
