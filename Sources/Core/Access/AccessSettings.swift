public import OpsJSONRPC
internal import OpsToken

/// Who may do what, under `access` in `plugins.json`.
///
/// ```json
/// { "roles": { "publisher": { "methods": ["check.submit"], "effects": ["write"] } },
///   "members": { "group:ops": "operator", "uid:1000": "publisher" } }
/// ```
///
/// The daemon's own user and root may do everything, whatever stands here.
public struct AccessSettings: Sendable, Equatable {
    /// The roles of the file, beside those that there always are.
    public var roles: [Role]
    /// Who has which role.
    public var members: [Member: String]

    /// Gives nobody anything.
    public init() {
        roles = []
        members = [:]
    }

    /// Reads the value of `access`.
    ///
    /// - Throws: ``OpsJSONRPC/RPCError`` that names every mistake by its path below `access`.
    public init(reading json: JSON) throws(RPCError) {
        let file = try Self.members(of: json, as: AccessFile.self)
        var mistakes: [RPCError.FieldError] = []
        roles = file.roles.keys.sorted().compactMap { name in
            Self.role(name, file.roles[name] ?? .null, &mistakes)
        }
        let known = Role.builtIn.map(\.name) + file.roles.keys.sorted()
        members = [:]
        for (text, role) in file.members.sorted(by: { $0.key < $1.key }) {
            guard let member = Self.member(text, role, known, &mistakes) else { continue }
            members[member] = role
        }
        guard mistakes.isEmpty else { throw .invalidParams(mistakes) }
    }

    /// Reads an object; parameters may come by position as well, settings may not.
    private static func members<T: Declared>(
        of json: JSON, as type: T.Type
    ) throws(RPCError) -> T {
        guard case .object = json else { throw .invalidRequest("must be an object") }
        return try FieldSet(type).decode(json)
    }

    private static func role(
        _ name: String, _ json: JSON, _ mistakes: inout [RPCError.FieldError]
    ) -> Role? {
        let path = "roles.\(name)"
        if let problem = problem(withRoleName: name) {
            mistakes.append(.init(path: path, reason: problem))
            return nil
        }
        do throws(RPCError) {
            return try members(of: json, as: RoleFile.self).role(name)
        } catch {
            mistakes += error.fields.map {
                .init(path: "\(path).\($0.path)", reason: $0.reason)
            }
            if error.fields.isEmpty { mistakes.append(.init(path: path, reason: error.message)) }
            return nil
        }
    }

    private static func problem(withRoleName name: String) -> String? {
        if Role.builtIn.contains(where: { $0.name == name }) {
            return "is a role that is always there; choose another name"
        }
        let isName =
            (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f
                    || $0 == 0x2d
            }
        return isName ? nil : "must be 1 to 64 of the characters a-z, 0-9, _ and -"
    }

    private static func member(
        _ text: String, _ role: String, _ known: [String],
        _ mistakes: inout [RPCError.FieldError]
    ) -> Member? {
        let path = "members.\(text)"
        guard let member = Member(text) else {
            let reason = "must be uid:NUMBER, gid:NUMBER, user:NAME or group:NAME"
            mistakes.append(.init(path: path, reason: reason))
            return nil
        }
        guard known.contains(role) else {
            let hint = Spelling.nearest(role, among: known).map { "; did you mean \($0)?" }
            let reason = "names the role \(role), which does not exist\(hint ?? "")"
            mistakes.append(.init(path: path, reason: reason))
            return nil
        }
        return member
    }

    /// The members of `access`.
    public static var fields: [FieldSpec] { FieldSet(AccessFile.self).fields }

    /// The members of a role.
    public static var roleFields: [FieldSpec] { FieldSet(RoleFile.self).fields }
}

/// The value of `access`.
private struct AccessFile: Declared {
    @Param("The roles by name, beside admin, operator and viewer.") var roles: [String: JSON] = [:]
    @Param("Who has which role: uid:NUMBER, gid:NUMBER, user:NAME or group:NAME.")
    var members: [String: String] = [:]
}

/// One member of `roles`.
private struct RoleFile: Declared {
    @Param("The methods, such as check.list, check.* or *.", .patterns)
    var methods: [String]
    @Param("The effects that they may have: read, write, destroy.") var effects: [Effect]
    @Param("The methods that the role does not have all the same.", .patterns)
    var except: [String] = []
    @Param(
        "Whether the role is about one's own records only, such as the tickets one has asked for.")
    var ownRecords: Bool = false

    func role(_ name: String) -> Role {
        Role(
            name: name, methods: methods.compactMap { MethodPattern($0) },
            exceptions: except.compactMap { MethodPattern($0) }, effects: Set(effects),
            ownRecords: ownRecords)
    }
}

extension ParamRule where Value == [String] {
    /// Every text is a method's name, a name before `.*`, or `*`.
    static var patterns: Self {
        Self(complaint: { texts in
            texts.first { MethodPattern($0) == nil }
                .map { "holds \"\($0)\", which is no method, and no pattern such as check.* or *" }
        })
    }
}
