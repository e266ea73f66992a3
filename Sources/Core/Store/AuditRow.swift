import OpsJSONRPC

/// A row of the audit log as the database holds it, and the bytes of it that are hashed.
struct AuditRow {
    /// The columns, in the order in which they are hashed; all but the hash itself.
    static let columns = [
        "seq", "at", "principal", "reason", "action", "ref", "before", "after", "method",
        "request_id", "outcome",
    ]
    static let textColumns = columns.dropFirst(2)
    /// Begins what is hashed, so that these hashes can't be taken for those of anything else.
    private static let domain = [UInt8]("opsloop audit 1\0".utf8)
    /// Stands before the first row.
    static let genesis = [UInt8](repeating: 0, count: SHA256.byteCount)

    /// The outcome of what was done; what was not says the kind of its error.
    static let success = "ok"

    /// In the order of ``columns``.
    let values: [SQLValue]

    /// The hash that ties this row to all before it.
    func hash(after previous: [UInt8]) -> [UInt8] {
        var bytes = Self.domain
        bytes.reserveCapacity(512)
        bytes += previous
        for value in values { Self.append(value, to: &bytes) }
        return SHA256.hash(bytes)
    }

    /// Appends a value so that it can be read in one way only: its kind, its length, its bytes.
    private static func append(_ value: SQLValue, to bytes: inout [UInt8]) {
        switch value {
        case .null: bytes.append(0)
        case .int(let number): append(1, UInt64(bitPattern: number), to: &bytes)
        case .double(let number): append(2, number.bitPattern, to: &bytes)
        case .text(var text):
            append(3, UInt64(text.utf8.count), to: &bytes)
            text.withUTF8 { bytes.append(contentsOf: $0) }
        case .blob(let blob):
            append(4, UInt64(blob.count), to: &bytes)
            bytes += blob
        }
    }

    private static func append(_ kind: UInt8, _ number: UInt64, to bytes: inout [UInt8]) {
        bytes.append(kind)
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }
}

extension AuditRow {
    /// Takes a row as a query answered it.
    init(_ row: Row) throws { values = try Self.columns.map { try row.value($0) } }

    /// How many bytes the texts of the row have.
    ///
    /// The database may hold more: what stands behind a NUL character is not read.
    var textBytes: Int {
        values.reduce(0) { sum, value in
            if case .text(let text) = value { sum + text.utf8.count } else { sum }
        }
    }
}
