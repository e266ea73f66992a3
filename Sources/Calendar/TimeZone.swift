public import OpsJSONRPC

/// A time zone of the IANA database, as this machine has it in `/usr/share/zoneinfo`.
///
/// Local times that a change of the clocks leaves out, or lets pass twice, are read as RFC 5545
/// says in 3.3.5: one that does not exist with the offset before the gap, so that 02:30 becomes
/// 03:30; of one that exists twice the first is meant.
public struct TimeZone: Sendable {
    /// The name, such as `Europe/Berlin`.
    public let name: String
    private let history: ZoneHistory

    /// Reads a zone's file; blocks as long as that takes.
    ///
    /// - Throws: A ``CalendarError`` when there is no zone of that name on this machine.
    public init(named name: String) throws(CalendarError) {
        guard Self.isName(name), let bytes = ZoneFile.bytes(of: name),
            let history = ZoneFile.read(bytes)
        else {
            throw CalendarError("", "is no time zone of this machine, such as Europe/Berlin")
        }
        self.name = name
        self.history = history
    }

    /// What clocks on the wall show at an instant.
    public func local(at instant: Instant) -> LocalTime {
        let second = instant.milliseconds.flooredDivision(by: 1000).quotient
        return LocalTime(seconds: second + history.offset(at: second))
    }

    /// When clocks on the wall show a time.
    public func instant(of local: LocalTime) -> Instant {
        Instant(milliseconds: second(of: local.seconds) * 1000)
    }

    /// How far clocks on the wall are ahead of UTC, in seconds.
    public func offset(at instant: Instant) -> Int {
        Int(history.offset(at: instant.milliseconds.flooredDivision(by: 1000).quotient))
    }

    /// The offset of some days, in which nobody changes the clocks; nil when somebody does.
    ///
    /// Both ends are looked at. No zone has changed its clocks and changed them back within four
    /// days since 1939, so what holds at both holds between.
    func steadyOffset(fromDay first: Int64, toDay last: Int64) -> Int64? {
        let offset = history.offset(at: first * Self.day)
        return history.offset(at: last * Self.day) == offset ? offset : nil
    }

    private func second(of local: Int64) -> Int64 {
        // No zone is further than a day from UTC, so these are the offsets that may be meant.
        let offsets = [-Self.day, 0, Self.day].map { history.offset(at: local + $0) }
        let fitting = offsets.filter { history.offset(at: local - $0) == $0 }
        if let first = fitting.max() { return local - first }
        // In a gap the clocks have jumped ahead: the smaller offset is the one before.
        return local - (offsets.min() ?? 0)
    }

    private static let day: Int64 = 86_400

    /// Whether a name stays inside the database's folder.
    private static func isName(_ name: String) -> Bool {
        1...100 ~= name.utf8.count
            && name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy(isPart)
    }

    private static func isPart(_ part: Substring) -> Bool {
        !part.isEmpty
            && part.utf8.allSatisfy { byte in
                (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & 0xDF)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || [UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+")].contains(byte)
            }
    }
}

/// The offsets of a zone, in seconds since 1970.
struct ZoneHistory: Sendable {
    /// When the offset changes, and to what; in order.
    var changes: [(second: Int64, offset: Int64)]
    /// The offset before the first change.
    var first: Int64
    /// What holds after the last change.
    var rule: ZoneRule?

    func offset(at second: Int64) -> Int64 {
        guard let last = changes.last else { return rule?.offset(at: second) ?? first }
        if second >= last.second { return rule?.offset(at: second) ?? last.offset }
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].second <= second { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? first : changes[low - 1].offset
    }
}
