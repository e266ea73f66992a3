internal import Glibc
internal import OpsJSONRPC

/// The configuration's word on who may do what, with every name looked up.
///
/// A class, so that whoever has decided by it can tell whether it is still the same.
final class AccessRules: Sendable {
    private let roles: [String: Role]
    private let users: [UInt32: Role]
    private let groups: [UInt32: Role]

    /// Looks the members' names up, which may block: not to be called on the loop.
    ///
    /// - Throws: ``PluginError`` that names each member whom the system does not know, and each who is named twice.
    init(_ settings: AccessSettings) throws(PluginError) {
        var roles: [String: Role] = [:]
        for role in Role.builtIn + settings.roles { roles[role.name] = role }
        var (users, groups) = ([UInt32: Role](), [UInt32: Role]())
        var owners: [Number: Member] = [:]
        var mistakes: [RPCError.FieldError] = []
        for (member, name) in settings.members.sorted(by: { "\($0.key)" < "\($1.key)" }) {
            let path = "access.members.\(member)"
            guard let number = Self.number(of: member) else {
                mistakes.append(.init(path: path, reason: "is not known to this system"))
                continue
            }
            if let other = owners.updateValue(member, forKey: number) {
                mistakes.append(.init(path: path, reason: "means the same as \(other)"))
            }
            switch number {
            case .user(let number): users[number] = roles[name]
            case .group(let number): groups[number] = roles[name]
            }
        }
        guard mistakes.isEmpty else {
            throw .badSettings("plugins.json", mistakes, in: .null)
        }
        self.roles = roles
        self.users = users
        self.groups = groups
    }

    /// The rules of a file that gives nobody anything.
    init() {
        roles = Dictionary(uniqueKeysWithValues: Role.builtIn.map { ($0.name, $0) })
        users = [:]
        groups = [:]
    }

    /// The role of that name.
    func role(_ name: String) -> Role? { roles[name] }

    /// The names of all roles.
    var roleNames: [String] { roles.keys.sorted() }

    /// Whether anybody has a role by who he is.
    var hasMembers: Bool { !users.isEmpty || !groups.isEmpty }

    /// The roles of a user in these groups, each once.
    func roles(uid: UInt32, gids: [UInt32]) -> [Role] {
        var found: [Role] = []
        for role in [users[uid]] + gids.map({ groups[$0] }) {
            guard let role, !found.contains(where: { $0.name == role.name }) else { continue }
            found.append(role)
        }
        return found
    }

    // MARK: - Names

    private enum Number: Hashable { case user(UInt32), group(UInt32) }

    private static func number(of member: Member) -> Number? {
        switch member {
        case .uid(let number): .user(number)
        case .gid(let number): .group(number)
        case .user(let name): SystemNames.uid(of: name).map { .user($0) }
        case .group(let name): SystemNames.gid(of: name).map { .group($0) }
        }
    }
}
