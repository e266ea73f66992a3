public import OpsCore
public import OpsImport
internal import OpsJSONRPC

/// How many records are tried at once where one that is wrong leaves out only itself: to take each back
/// by itself would have the search index written for each.
public let importedTogether = 250

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
    public mutating func take<Source, Record>(
        _ records: MadeAhead<Source, Record>, line: (Record) -> Int, in tx: WriteTransaction,
        _ take: (inout Self, Record) throws -> Void
    ) throws {
        defer { records.stop() }
        while tally.goesOn, let part = records.next() {
            try self.take(part[...], line, false, in: tx, take)
        }
        if records.hasNext { tally.leaveRest() }
    }

    /// Takes each record in, in the same way.
    ///
    /// - Parameter areParts: Whether these are parts of records that were taken, such as relations: then
    ///   several may be wrong of one record.
    public mutating func take<Record>(
        _ records: [Record], line: (Record) -> Int, areParts: Bool = false,
        in tx: WriteTransaction, _ take: (inout Self, Record) throws -> Void
    ) throws {
        for start in stride(from: 0, to: records.count, by: importedTogether) {
            let part = records[start..<min(start + importedTogether, records.count)]
            try self.take(part, line, areParts, in: tx, take)
        }
    }

    private mutating func take<Record>(
        _ part: ArraySlice<Record>, _ line: (Record) -> Int, _ areParts: Bool,
        in tx: WriteTransaction, _ take: (inout Self, Record) throws -> Void
    ) throws {
        switch mode {
        case .all: try takeOrReject(part, line, areParts, take)
        case .rows:
            if try takeTogether(part, in: tx, take) { return }
            try takeOrReject(part, line, areParts) { importer, record in
                try tx.attempt { try take(&importer, record) }
            }
        }
    }

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
        _ records: ArraySlice<Record>, _ line: (Record) -> Int, _ areParts: Bool,
        _ take: (inout Self, Record) throws -> Void
    ) throws {
        for record in records {
            guard tally.goesOn else { return tally.leaveRest() }
            do {
                try take(&self, record)
            } catch let error as RPCError {
                let number = line(record)
                areParts
                    ? tally.rejectPart(line: number, error) : tally.reject(line: number, error)
            }
        }
    }
}
