/// Why a time zone or a recurrence cannot be: one part and what is wrong with it.
public struct CalendarError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What the complaint is about, such as `BYMONTH`; empty when it is about the whole.
    public let part: String
    /// What is wrong with it.
    public let reason: String

    /// Makes an error.
    public init(_ part: String = "", _ reason: String) {
        self.part = part
        self.reason = reason
    }

    /// Both in one line.
    public var description: String { part.isEmpty ? reason : "\(part) \(reason)" }
}
