/// Why people are not told something about a check for a while.
enum Suppression: String, Codable, CaseIterable, Sendable {
    /// It changes so often that only the flapping itself is worth a word.
    case flapping
    /// Something that it depends on is down; that is announced already.
    case unreachable
    /// Something that it depends on is looked at first.
    case parentCheck = "parent_check"
    /// Somebody works on it and said so.
    case maintenance
    /// Its last bad result is not long enough ago.
    case keepFiring = "keep_firing"

    /// Whether the end of a problem that was announced waits as well.
    ///
    /// Who was told of a problem wants to know its end, whatever the reason for silence is. Only
    /// while a check flaps the end means nothing: the next problem is on its way. And a check may
    /// ask to be sure.
    var holdsRecoveries: Bool { self == .flapping || self == .keepFiring }
    /// Whether a problem waits.
    var holdsProblems: Bool { self != .keepFiring }
}
