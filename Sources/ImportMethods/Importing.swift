public import OpsCore
public import OpsImport
internal import OpsJSONRPC

/// What takes the records of a file in, one after the other, in one write.
public protocol Importing {
    /// Whether a wrong record leaves out everything or only itself.
    var mode: ImportMode { get }
    /// The report, which the records are noted in.
    var tally: ImportTally { get set }
}

extension Importing {
    /// Takes each record in, or notes what is wrong with it; then nothing of it stays, or of anything.
    ///
    /// - Parameters:
    ///   - line: The line of the file on which a record stands.
    ///   - take: Takes one record in.
    /// - Throws: What is no mistake of a record, such as a full disk.
    public mutating func take<Record>(
        _ records: [Record], line: (Record) -> Int, in tx: WriteTransaction,
        _ take: (inout Self, Record) throws -> Void
    ) throws {
        for start in stride(from: 0, to: records.count, by: Self.together) {
            guard tally.goesOn else { return tally.leaveRest() }
            let part = records[start..<min(start + Self.together, records.count)]
            switch mode {
            case .all: try takeOrReject(part, line, take)
            case .rows:
                if try takeTogether(part, in: tx, take) { continue }
                try takeOrReject(part, line) { importer, record in
                    try tx.attempt { try take(&importer, record) }
                }
            }
        }
    }

    /// How many records are tried at once: to take each back by itself would have the search index
    /// written for each.
    private static var together: Int { 250 }

    /// Takes records in of which most likely none is wrong.
    ///
    /// - Returns: Whether none was; else nothing has happened.
    private mutating func takeTogether<Record>(
        _ records: ArraySlice<Record>, in tx: WriteTransaction,
        _ take: (inout Self, Record) throws -> Void
    ) throws -> Bool {
        let before = self
        do {
            try tx.attempt { for record in records { try take(&self, record) } }
            return true
        } catch is RPCError {
            self = before
            return false
        }
    }

    private mutating func takeOrReject<Record>(
        _ records: ArraySlice<Record>, _ line: (Record) -> Int,
        _ take: (inout Self, Record) throws -> Void
    ) throws {
        for record in records {
            guard tally.goesOn else { return tally.leaveRest() }
            do {
                try take(&self, record)
            } catch let error as RPCError {
                tally.reject(line: line(record), error)
            }
        }
    }
}
