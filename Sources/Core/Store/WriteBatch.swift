import GRDB
import OpsJSONRPC

/// The pieces of work that share one transaction, and what becomes of each.
///
/// ```
/// BEGIN IMMEDIATE
///   SAVEPOINT piece … RELEASE piece        a piece that succeeded
///   SAVEPOINT piece … ROLLBACK TO piece    a piece that failed, or was a rehearsal: nothing stays
///   the numbers handed out, into the table sequence
/// COMMIT                                   synced; only now is anybody told
/// ```
///
/// The engine may roll the whole transaction back by itself, for example on a full disk. Then the
/// pieces that had succeeded fail too, and those that had not begun are left for the next batch.
struct WriteBatch {
    /// What happened to the transaction as a whole.
    enum Ending {
        case committed
        /// No piece succeeded, so there was nothing to commit.
        case nothingToCommit
        case failed(any Error)
    }

    private(set) var succeeded: [(piece: WritePiece, answer: WritePiece.Answer)] = []
    /// The pieces that only wanted to know what would come of them, and know it.
    private(set) var rehearsed: [(piece: WritePiece, answer: WritePiece.Answer)] = []
    private(set) var failed: [(piece: WritePiece, error: any Error)] = []
    private(set) var notBegun: ArraySlice<WritePiece>
    private(set) var events: [Event] = []
    private(set) var sequences: Sequences
    private(set) var auditChain: AuditChain
    private let statements: Statements
    private let time: any TimeSource

    init(
        _ pieces: [WritePiece], on statements: Statements, time: any TimeSource,
        sequences: Sequences, auditChain: AuditChain
    ) {
        self.notBegun = pieces[...]
        self.statements = statements
        self.time = time
        self.sequences = sequences
        self.auditChain = auditChain
    }

    /// Runs the pieces and commits; on failure nothing is left of any of them.
    mutating func run() -> Ending {
        do {
            try begin()
            try runPieces()
            guard !succeeded.isEmpty else {
                try control("ROLLBACK")
                return .nothingToCommit
            }
            try storeSequences()
            try control("COMMIT")
            return .committed
        } catch {
            rollback()
            return .failed(error)
        }
    }

    // MARK: - Pieces

    private mutating func runPieces() throws {
        while let piece = notBegun.popFirst() {
            do {
                let answer = try run(piece)
                if piece.kind == .rehearsal {
                    rehearsed.append((piece, answer))
                } else {
                    succeeded.append((piece, answer))
                }
            } catch {
                failed.append((piece, error))
                if let breakage = statements.breakageError { throw breakage }
            }
        }
    }

    private mutating func run(_ piece: WritePiece) throws -> WritePiece.Answer {
        try control("SAVEPOINT piece")
        let transaction = WriteTransaction(
            statements, piece: piece, now: time.now(), sequences: sequences,
            auditChain: auditChain)
        defer { if transaction.isLarge { statements.releaseLargeCache() } }
        do {
            let answer = try piece.work(transaction)
            if piece.kind == .rehearsal {
                try control("ROLLBACK TO piece")
                try control("RELEASE piece")
                return answer
            }
            if piece.kind == .audited { try transaction.auditUnlessDone() }
            try control("RELEASE piece")
            sequences = transaction.sequences
            auditChain = transaction.auditChain
            events += transaction.events
            return answer
        } catch {
            undoPiece()
            throw error
        }
    }

    /// Takes back what the current piece did; where that fails, everything is taken back.
    private func undoPiece() {
        guard statements.isInsideTransaction else { return }
        do {
            try control("ROLLBACK TO piece")
            try control("RELEASE piece")
        } catch {
            rollback()
        }
    }

    private mutating func storeSequences() throws {
        for (noun, last) in sequences.takeChanged() {
            _ = try statements.execute(
                """
                INSERT INTO sequence (noun, value) VALUES (?, ?)
                ON CONFLICT (noun) DO UPDATE SET value = excluded.value
                """, [noun, last])
        }
    }

    // MARK: - The transaction

    /// Without a transaction nobody's work can begin, and trying again at once would not help.
    private mutating func begin() throws {
        do {
            try control("BEGIN IMMEDIATE")
        } catch {
            while let piece = notBegun.popFirst() { failed.append((piece, error)) }
            throw error
        }
    }

    private func control(_ sql: String) throws { try statements.control(sql) }

    private func rollback() {
        guard statements.isInsideTransaction else { return }
        // Not through `control`: an injected fault must not keep the transaction open. The engine
        // leaves the transaction even where it reports an error here.
        try? statements.database.execute(sql: "ROLLBACK")
    }
}
