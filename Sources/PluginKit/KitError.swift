internal import Glibc

/// Why the kit can't try a plugin at all, or what a case has found.
public struct KitError: Error, Sendable, CustomStringConvertible {
    /// What is wrong.
    public let message: String
    /// The sentence for people.
    public var description: String { message }

    init(_ message: String) { self.message = message }

    static func system(_ number: CInt) -> String { String(cString: strerror(number)) }
}
