import Glibc
import GRDB
import GRDBSQLite

/// A function of the full-text index that tells how well a record matches: the less, the better.
///
/// It is Okapi BM25 as the engine's own `bm25` has it (k1 = 1.2, b = 0.75), but for two things. How rare
/// a word is, `bm25` finds out by a walk through all records that have it; this one looks at the first
/// thousand, and takes from where the last of them stands how many there will be. And the filters,
/// which stand after the words, count for nothing, so that one expression finds and ranks.
///
/// `search_rank(search_index, words, last)`: how many phrases of the expression are words, and the
/// greatest number that a document has.
enum SearchRank {
    static let name = "search_rank"

    /// Makes the function known to a connection.
    static func register(on database: Database) throws {
        let code = fullText(of: database.sqliteConnection).map {
            $0.pointee.xCreateFunction($0, name, nil, rank, nil)
        }
        guard let code, code == SQLITE_OK else {
            throw DatabaseError(
                resultCode: ResultCode(rawValue: code ?? SQLITE_ERROR),
                message: "the SQLite library has no full-text search (FTS5)")
        }
    }

    /// The interface of the full-text engine, as <https://www.sqlite.org/fts5.html#extending_fts5>
    /// says that it is asked for.
    private static func fullText(of connection: OpaquePointer?) -> UnsafeMutablePointer<fts5_api>? {
        var api: UnsafeMutablePointer<fts5_api>?
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(connection, "SELECT fts5(?)", -1, &statement, nil) == SQLITE_OK
        else { return nil }
        "fts5_api_ptr".withCString { type in
            withUnsafeMutablePointer(to: &api) { place in
                _ = sqlite3_bind_pointer(statement, 1, place, type, nil)
                sqlite3_step(statement)
            }
            sqlite3_finalize(statement)
        }
        return api
    }

    private static let rank: fts5_extension_function = { api, cursor, answer, count, arguments in
        guard let api, let cursor, let arguments, count == 2 else {
            return sqlite3_result_error(answer, "\(name) takes the index and two numbers", -1)
        }
        do throws(RankFailure) {
            let match = RankedMatch(api: api.pointee, cursor: cursor)
            let words = try match.words(
                count: Int(sqlite3_value_int(arguments[0])),
                last: Double(sqlite3_value_int64(arguments[1])))
            sqlite3_result_double(answer, -(try words.score(match)))
        } catch {
            sqlite3_result_error_code(answer, error.code)
        }
    }
}

/// Why the engine does not answer.
private struct RankFailure: Error {
    let code: CInt
}

/// The record at which the engine stands.
private struct RankedMatch {
    let api: Fts5ExtensionApi
    let cursor: OpaquePointer

    /// What is known of the question's words, found out at the first record.
    func words(count: Int, last: Double) throws(RankFailure) -> RankedWords {
        if let known = api.xGetAuxdata(cursor, 0) {
            return Unmanaged<RankedWords>.fromOpaque(known).takeUnretainedValue()
        }
        let words = try RankedWords(self, min(count, Int(api.xPhraseCount(cursor))), last: last)
        try check(
            api.xSetAuxdata(cursor, Unmanaged.passRetained(words).toOpaque()) { known in
                known.map { Unmanaged<RankedWords>.fromOpaque($0).release() }
            })
        return words
    }

    /// How many records there are.
    func recordCount() throws(RankFailure) -> Double {
        var count: sqlite3_int64 = 0
        try check(api.xRowCount(cursor, &count))
        return Double(count)
    }

    /// How many words all records have.
    func wordCount() throws(RankFailure) -> Double {
        var count: sqlite3_int64 = 0
        try check(api.xColumnTotalSize(cursor, -1, &count))
        return Double(count)
    }

    /// How many words this record has.
    func size() throws(RankFailure) -> Double {
        var size: CInt = 0
        try check(api.xColumnSize(cursor, -1, &size))
        return Double(size)
    }

    /// Calls with phrase and column of each place where a phrase stands.
    func forEachPlace(_ body: (Int, Int) -> Void) throws(RankFailure) {
        var count: CInt = 0
        try check(api.xInstCount(cursor, &count))
        for index in 0..<count {
            var (phrase, column, offset): (CInt, CInt, CInt) = (0, 0, 0)
            try check(api.xInst(cursor, index, &phrase, &column, &offset))
            body(Int(phrase), Int(column))
        }
    }

    /// Looks at the first records that have a phrase.
    func first(_ phrase: Int) throws(RankFailure) -> FirstRecords {
        var found = FirstRecords()
        try check(
            api.xQueryPhrase(cursor, CInt(phrase), &found) { api, cursor, found in
                guard let api, let found else { return SQLITE_ERROR }
                return found.assumingMemoryBound(to: FirstRecords.self).pointee
                    .add(api.pointee.xRowid(cursor)) ? SQLITE_OK : SQLITE_DONE
            })
        return found
    }

    private func check(_ code: CInt) throws(RankFailure) {
        guard code == SQLITE_OK else { throw RankFailure(code: code) }
    }
}

/// The first records that have a phrase.
private struct FirstRecords {
    /// How many are looked at.
    private static let most = 1000

    private var count = 0
    private var first: Int64 = 0
    private var last: Int64 = 0

    /// Answers whether to go on.
    mutating func add(_ id: Int64) -> Bool {
        if count == 0 { first = id }
        count += 1
        last = id
        return count < Self.most
    }

    /// How many have it in all, if those that follow stand as close together as the first.
    func total(of records: Double, last end: Double) -> Double {
        guard count == Self.most, last > first else { return Double(count) }
        let rest = Double(count - 1) * (end - Double(last)) / Double(last - first)
        return min(Double(count) + max(rest, 0), records)
    }
}

/// What a question's ranking knows from its first record on.
private final class RankedWords {
    /// What a match in title, body, labels and facets counts.
    private static let weights = [10.0, 1, 5, 0]
    /// From how often a word stands there on it hardly matters any more how often.
    private static let saturation = 1.2
    /// How much the length of a record matters.
    private static let lengthWeight = 0.75
    /// A word that more than half of all have says next to nothing, but something.
    private static let leastRarity = 1e-6

    private let rarities: [Double]
    private let usualSize: Double
    private var frequencies: [Double]

    init(_ match: RankedMatch, _ count: Int, last: Double) throws(RankFailure) {
        let records = try match.recordCount()
        var rarities: [Double] = []
        for phrase in 0..<max(count, 0) {
            let having = try match.first(phrase).total(of: records, last: last)
            let rarity = log((records - having + 0.5) / (having + 0.5))
            rarities.append(max(rarity, Self.leastRarity))
        }
        self.rarities = rarities
        usualSize = try match.wordCount() / max(records, 1)
        frequencies = rarities
    }

    func score(_ match: RankedMatch) throws(RankFailure) -> Double {
        for word in frequencies.indices { frequencies[word] = 0 }
        try match.forEachPlace { phrase, column in
            guard phrase < frequencies.count, column < Self.weights.count else { return }
            frequencies[phrase] += Self.weights[column]
        }
        let length = try match.size() / max(usualSize, 1)
        let damping = Self.saturation * (1 - Self.lengthWeight + Self.lengthWeight * length)
        return zip(rarities, frequencies).reduce(0) { sum, word in
            sum + word.0 * word.1 * (Self.saturation + 1) / (word.1 + damping)
        }
    }
}
