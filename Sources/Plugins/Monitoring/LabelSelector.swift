internal import OpsCore
internal import OpsJSONRPC

/// Which labels somebody means, in one of two spellings of the same thing.
///
/// In short: `k=v`, `k!=v`, `k=~re`, `k!~re`, `k` or `!k`, several with commas, which values then
/// cannot hold. Or as series are selected: `{k="v",k!~"re"}`. All conditions have to hold. A label
/// that is absent is the empty text, so `k` stands for `k!=""` and `!k` for `k=""`. A regular
/// expression stands for the whole value.
struct LabelSelector: Sendable, Equatable {
    /// The spellings, for the help of parameters.
    static let forms =
        "k=v, k!=v, k=~re, k!~re, k or !k, several with commas, or {k=\"v\",...} as for series"

    /// The selector as it was written.
    let text: String
    private let test: LabelTest

    /// Reads a selector; the empty text means all labels.
    ///
    /// - Throws: `invalid_params` that names `member`.
    init(_ text: String, member: String) throws(RPCError) {
        self.text = text
        do throws(SeriesError) {
            test = try LabelTest(try Self.selector(text))
        } catch {
            throw .badMember(member, "\(error)")
        }
    }

    /// Whether the labels are meant.
    func accepts(_ labels: [String: String]) -> Bool { test.holds(for: labels) }

    static func == (left: LabelSelector, right: LabelSelector) -> Bool { left.text == right.text }

    private static func selector(_ text: String) throws(SeriesError) -> SeriesSelector {
        guard !isInBraces(text) else { return try SeriesSelector.parse(text) }
        return SeriesSelector(
            try text.split(separator: ",").map { part throws(SeriesError) in
                try matcher(part.drop { $0 == " " })
            })
    }

    /// Whether the first brace is no part of a value.
    private static func isInBraces(_ text: String) -> Bool {
        guard let brace = text.firstIndex(of: "{") else { return false }
        return !text[..<brace].contains { "=!,".contains($0) }
    }

    private static func matcher(_ text: Substring) throws(SeriesError) -> LabelMatcher {
        if text.hasPrefix("!") { return LabelMatcher(try name(text.dropFirst()), .equal, "") }
        let end = text.firstIndex { "=!".contains($0) } ?? text.endIndex
        let (label, rest) = (try name(text[..<end]), text[end...])
        guard !rest.isEmpty else { return LabelMatcher(label, .notEqual, "") }
        // The longer ones first, since they begin with the shorter ones.
        for operation in [LabelMatcher.Operation.matches, .doesNotMatch, .notEqual, .equal]
        where rest.hasPrefix(operation.rawValue) {
            return LabelMatcher(
                label, operation, String(rest.dropFirst(operation.rawValue.count)))
        }
        throw complaint
    }

    private static func name(_ text: Substring) throws(SeriesError) -> String {
        guard !text.isEmpty, !text.contains(where: { "=!".contains($0) }) else { throw complaint }
        return String(text)
    }

    private static var complaint: SeriesError {
        SeriesError(.invalidSelector, "is not of the form \(forms)")
    }
}
