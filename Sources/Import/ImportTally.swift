public import OpsJSONRPC

/// Keeps the report of an import while it goes on: what changes, and what is wrong.
public struct ImportTally: Sendable {
    private let mode: ImportMode
    private let limit: Int
    private var changes: [Imported.Change] = []
    private var mistakes: [RPCError.FieldError] = []
    private var rejected = 0
    /// The lines of the records that were taken without a part of theirs, of which one may have several.
    private var linesInPart: Set<Int> = []
    private var isCutShort = false
    /// The lines on which records stand in the file, by ref.
    private var lines: [String: Int] = [:]

    /// Begins a report that shows so many changes.
    public init(mode: ImportMode, limit: Int) {
        self.mode = mode
        self.limit = limit
    }

    /// Whether there is any use in further lines: in a whole import nothing is left of what comes
    /// after a hundred mistakes.
    public var goesOn: Bool { mode == .rows || mistakes.count < RPCError.mostMistakes }

    /// Notes that there are lines that nobody has looked at.
    public mutating func leaveRest() { isCutShort = true }

    /// Notes what is wrong with a record, of which several may begin on one line.
    public mutating func reject(line: Int, _ error: RPCError) {
        rejected += 1
        note(error.mistakes(onLine: line))
    }

    /// Notes what is wrong with a part of a record, such as a relation, without which it was taken.
    ///
    /// The record is counted once, however many parts are wrong; it is the only one on its line.
    public mutating func rejectPart(line: Int, _ error: RPCError) {
        if linesInPart.insert(line).inserted { rejected += 1 }
        note(error.mistakes(onLine: line))
    }

    /// Notes the lines that are no record, one mistake each.
    public mutating func reject(_ unreadable: [RPCError.FieldError]) {
        rejected += unreadable.count
        note(unreadable)
    }

    /// Keeps those of the first lines.
    ///
    /// What is no record is noted first and relations are last, so which these are is known at the end.
    /// Twice as many are kept, or each would have all of them sorted.
    private mutating func note(_ found: [RPCError.FieldError]) {
        mistakes += found
        guard mistakes.count > 2 * RPCError.mostMistakes else { return }
        mistakes = RPCError.firstMistakes(mistakes)
    }

    /// Notes a change, unless enough are shown.
    public mutating func show(_ change: @autoclosure () throws -> Imported.Change) rethrows {
        guard changes.count < limit else { return }
        changes.append(try change())
    }

    /// Refuses a record that another line has said already, and was taken.
    public func refuseTwice(_ ref: String) throws(RPCError) {
        guard let first = lines[ref] else { return }
        let reason = "says the same record as line \(first)"
        throw .invalidParams(
            "This line is wrong.", fields: [RPCError.FieldError(path: "", reason: reason)])
    }

    /// Notes on which line the record stands that was taken.
    public mutating func note(_ ref: String, line: Int) { lines[ref] = line }

    /// The report, with the counts by noun.
    ///
    /// - Parameter noun: The noun of the records of which `changes` tells.
    /// - Throws: `invalid_params` naming the lines that are wrong, and in each what, unless the others
    ///   are to be taken.
    public func report(
        _ counts: [String: Imported.Counts], of noun: String
    ) throws(RPCError) -> Imported {
        if mode == .all, !mistakes.isEmpty { throw .badLines(mistakes, areAll: !isCutShort) }
        let all = counts[noun] ?? Imported.Counts()
        return Imported(
            counts: counts, changes: changes,
            moreChanges: all.created + all.updated - changes.count, rejected: rejected,
            mistakes: RPCError.firstMistakes(mistakes))
    }
}
