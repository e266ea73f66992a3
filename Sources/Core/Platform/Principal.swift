/// Who acts: a Unix user, a plugin or the system itself.
public struct Principal: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The name that audit rows carry: `uid:1000`, `plugin:monitoring`, `system`.
    public let name: String

    /// Makes a principal with that name.
    public init(_ name: String) { self.name = name }

    /// The platform itself: start, stop, housekeeping.
    public static let system = Principal("system")

    /// The plugin of that name, acting on its own account.
    public static func plugin(_ name: String) -> Principal { Principal("plugin:\(name)") }

    /// The local user behind a Unix socket.
    public static func user(_ uid: UInt32) -> Principal { Principal("uid:\(uid)") }

    /// The principal's name.
    public var description: String { name }

    /// Reads the name.
    public init(from decoder: any Decoder) throws {
        name = try decoder.singleValueContainer().decode(String.self)
    }

    /// Writes the name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
