import OpsImport
import OpsJSONRPC

/// Imports a file that is larger than a request piece by piece, and shows how far it is.
///
/// Each piece is a call of its own, which is taken in whole or not at all; the answers become one.
/// What is in stays as it is when the file is imported again, so that is how to go on after a failure.
struct PiecewiseImport {
    let command: Command
    let session: Session
    /// A piece keeps other writes waiting, also one of a dry run, which is done and taken back; so it
    /// is not as large as it could be.
    private static let maxRecords = 5000
    private static let maxBytes = 1 << 20

    private typealias Source = (member: String, text: String)

    /// Imports the file in pieces; nil where the call is no import, or small enough as it is.
    func run(_ params: JSON.Object, _ call: (JSON.Object) throws -> JSON) throws -> JSON? {
        guard let source = source(params) else { return nil }
        // What is no list of lines, such as a report in XML, is not cut.
        guard let format = ImportFormat(rawValue: params["format"]?.string ?? "auto") else {
            return nil
        }
        let pieces = try pieces(source.text, format)
        guard pieces.count > 1 else { return nil }
        warn(of: pieces.count)
        return try run(pieces, source, params, format, call)
    }

    private func pieces(
        _ text: String, _ format: ImportFormat
    ) throws -> [ImportPieces.Piece] {
        do {
            return try ImportPieces.cut(
                text, format, records: Self.maxRecords, bytes: Self.maxBytes)
        } catch {
            throw Failure.usage("line \(error.line): \(error.reason)")
        }
    }

    /// A dry run takes each piece back, so that the next one does not find its records.
    private func warn(of pieces: Int) {
        guard session.settings.isDryRun, !session.settings.quiet else { return }
        session.err.line(
            "dry run: the file goes over in \(pieces) pieces, and each is judged by itself: what "
                + "names a record of an earlier piece is refused here, and taken by the import")
    }

    /// The text that is to be cut, of a method that can be told where a piece begins.
    private func source(_ params: JSON.Object) -> Source? {
        guard command.parameters.contains(where: { $0.name == "first_line" }),
            params["first_line"] == nil,
            let member = command.parameters.first(where: \.isContent)?.name,
            let text = params[member]?.string
        else { return nil }
        return (member, text)
    }

    private var usualLimit: Int? {
        command.parameters.first { $0.name == "limit" }?.standard?.int
    }

    private func run(
        _ pieces: [ImportPieces.Piece], _ source: Source, _ params: JSON.Object,
        _ format: ImportFormat, _ call: (JSON.Object) throws -> JSON
    ) throws -> JSON {
        let total = pieces.reduce(0) { $0 + $1.records }
        let limit = params["limit"]?.int ?? usualLimit
        var (whole, done) = (JSON.object([:]), 0)
        var refused = RefusedPieces()
        defer { if session.showsProgress { session.err.write(Terminal.clearLine) } }
        for (number, piece) in pieces.enumerated() {
            var params = params
            params[source.member] = .string(piece.text)
            params["first_line"] = .number(JSON.Number(piece.firstLine))
            params["format"] = .string(format.resolved(for: source.text).rawValue)
            params["_meta"] = Self.meta(params["_meta"], piece: number + 1)
            do {
                whole = ImportReport.joined(whole, try call(params), limit: limit)
            } catch let failure as Failure {
                guard session.settings.isDryRun, refused.add(failure) else {
                    throw told(failure, done, total)
                }
            }
            done += piece.records
            show(done, total)
        }
        if let failure = refused.failure(of: pieces.count) { throw failure }
        return whole
    }

    /// One name for each piece, or the second would be answered with the first one's result.
    private static func meta(_ meta: JSON?, piece: Int) -> JSON? {
        guard var members = meta?.object else { return meta }
        members["idempotency_key"] = members["idempotency_key"]?.string.map {
            .string("\($0)-\(piece)")
        }
        return .object(members)
    }

    private func show(_ done: Int, _ total: Int) {
        guard session.showsProgress else { return }
        let share = Double(done) / Double(total)
        let bar = session.surroundings.glyphs.bar(share, width: 20)
        let text = "\(bar) \(Figures.percent(share)) \(done) of \(total) records"
        session.err.write(Terminal.clearLine + session.err.palette.paint(text, .quiet))
    }

    /// Says what is in already, beside what is wrong.
    private func told(_ failure: Failure, _ done: Int, _ total: Int) -> Failure {
        if session.showsProgress { session.err.write(Terminal.clearLine) }
        if done > 0, !session.settings.quiet, !session.settings.isDryRun {
            session.err.line(
                "the first \(done) of \(total) records are in; once the file is right, import it "
                    + "again: they stay as they are")
        }
        return failure
    }
}

/// The pieces of a dry run that were refused, as one failure: the others are judged all the same, since
/// each stands by itself and nothing is left of it.
struct RefusedPieces {
    private var count = 0
    private var mistakes: [RPCError.FieldError] = []
    private var lines: Set<Int> = []
    private var areAllNamed = true

    /// Adds what is wrong with a piece.
    ///
    /// - Returns: Whether its lines are to blame; what else fails is no matter of one piece.
    mutating func add(_ failure: Failure) -> Bool {
        let wrong = failure.fields.compactMap(\.line)
        guard !wrong.isEmpty, wrong.count == failure.fields.count else { return false }
        count += 1
        lines.formUnion(wrong)
        areAllNamed = areAllNamed && wrong.count < RPCError.mostMistakes
        // The first line of CSV goes over with each piece.
        let new = failure.fields.filter { !mistakes.contains($0) }
        mistakes = RPCError.firstMistakes(mistakes + new)
        return true
    }

    /// What is wrong with all of them; nil where none was refused.
    func failure(of pieces: Int) -> Failure? {
        guard count > 0 else { return nil }
        let wrong = (areAllNamed ? "" : "at least ") + "\(lines.count)"
        var error = RPCError.invalidParams(
            "\(count) of \(pieces) pieces are refused: \(wrong) "
                + (lines.count == 1 ? "line is wrong." : "lines are wrong."), fields: mistakes)
        error.hint =
            "The import takes what is wrong only because it names a record of an earlier piece."
        return Failure(error)
    }
}

/// The answers to the pieces of an import as one.
enum ImportReport {
    /// Sums up what two pieces did.
    static func joined(_ one: JSON, _ other: JSON, limit: Int?) -> JSON {
        guard var result = one.object, let next = other.object else { return other }
        for (name, value) in next {
            switch (result[name], value) {
            case (let old?, .object(let counts)) where name == "counts":
                result[name] = sum(old, counts)
            case (.array(let old)?, .array(let new)): result[name] = .array(old + new)
            case (.number?, .number):
                result[name] = sum(result[name], value)
            default: result[name] = value
            }
        }
        return cut(result, limit)
    }

    private static func sum(_ one: JSON?, _ other: JSON) -> JSON {
        .number(JSON.Number((one?.int ?? 0) + (other.int ?? 0)))
    }

    /// Adds counts to counts, as deep as they are nested.
    private static func sum(_ one: JSON, _ other: JSON.Object) -> JSON {
        var result = one.object ?? [:]
        for (name, value) in other {
            if let counts = value.object {
                result[name] = sum(result[name] ?? [:], counts)
            } else {
                result[name] = sum(result[name], value)
            }
        }
        return .object(result)
    }

    /// The lists that a limit is about, and what says how much longer each would be.
    private static let limited = [("changes", "more_changes"), ("items", "more")]

    /// No more changes or items than were asked for, and a hundred mistakes.
    private static func cut(_ result: JSON.Object, _ limit: Int?) -> JSON {
        var result = result
        for (name, rest) in limited {
            guard let limit, let list = result[name]?.array, list.count > limit else { continue }
            result[name] = .array(Array(list.prefix(limit)))
            let more = (result[rest]?.int ?? 0) + list.count - limit
            result[rest] = .number(JSON.Number(more))
        }
        if let mistakes = result["mistakes"]?.array {
            result["mistakes"] = .array(Array(mistakes.prefix(RPCError.mostMistakes)))
        }
        return .object(result)
    }
}
