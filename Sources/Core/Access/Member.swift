/// Whom the configuration gives a role: a user or a group, by number or by name.
public enum Member: Sendable, Hashable, CustomStringConvertible {
    /// The user of that number.
    case uid(UInt32)
    /// Everybody in the group of that number.
    case gid(UInt32)
    /// The user of that name.
    case user(String)
    /// Everybody in the group of that name.
    case group(String)

    /// Reads `uid:1000`, `gid:27`, `user:alice` or `group:ops`; nil for anything else.
    public init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let value = String(text[text.index(after: colon)...])
        guard !value.isEmpty else { return nil }
        switch text[..<colon] {
        case "uid": guard let number = UInt32(value) else { return nil }; self = .uid(number)
        case "gid": guard let number = UInt32(value) else { return nil }; self = .gid(number)
        case "user": self = .user(value)
        case "group": self = .group(value)
        default: return nil
        }
    }

    /// The text that reads back as this member.
    public var description: String {
        switch self {
        case .uid(let number): "uid:\(number)"
        case .gid(let number): "gid:\(number)"
        case .user(let name): "user:\(name)"
        case .group(let name): "group:\(name)"
        }
    }
}
