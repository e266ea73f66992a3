internal import OpsJSONRPC
internal import OpsToken

struct CreateToken: Method {
    static let name = "token.create"
    static let summary = "Makes a token, which is shown this once."
    static let effect = Effect.write
    static let hasSecretResult = true
    @Param("What it is for.", .positional, .length(1...100), .example("the web shop's deployment"))
    var name: String
    @Param("The role that it acts in; your own by default, as far as the rest allows.")
    var role: String?
    @Param("Only these methods, such as check.list or check.*.", .present(.patterns))
    var methods: [String]?
    @Param("Only methods with these effects: read, write, destroy.") var effects: [Effect]?
    @Param("Only calls whose parameters are so: name^web- or limit<100, for instance.")
    var params: [String]?
    @Param("Not before this time.") var notBefore: Instant?
    @Param("Not after this time.") var notAfter: Instant?
    @Param("Only so many calls in so many seconds, such as 10/60.") var rate: String?
    struct Result: Codable, Sendable {
        /// What to revoke it by.
        var ref: Ref
        /// What it is for.
        var name: String
        /// The role that it acts in.
        var role: String
        /// What it is restricted to.
        var restrictions: [String]
        /// When it was made.
        var createdAt: Instant
        /// Who made it.
        var createdBy: String
        /// The token itself, which nobody can show again; absent on a dry run and when a call is
        /// repeated.
        var token: String?
    }
}

extension CreateToken.Result {
    init(record: TokenRecord) {
        self.init(
            ref: record.ref, name: record.name, role: record.role,
            restrictions: record.restrictions, createdAt: record.createdAt,
            createdBy: record.createdBy)
    }

    var record: TokenRecord {
        TokenRecord(
            ref: ref, name: name, role: role, restrictions: restrictions, createdAt: createdAt,
            createdBy: createdBy)
    }
}

struct ListTokens: Method {
    static let name = "token.list"
    static let summary = "Lists the tokens that were made here, without the tokens themselves."
    static let effect = Effect.read
    static let columns = ["ref", "name", "role", "restrictions", "created_at", "revoked_at"]
    @Param("Also those that are revoked.") var revoked: Bool = false
    typealias Result = Page<TokenRecord>
}

struct RevokeToken: Method {
    static let name = "token.revoke"
    static let summary = "Revokes a token and everything that was narrowed from it."
    static let effect = Effect.write
    static let isIdempotent = true
    @Param("The token's ref.", .positional, .example("token:3")) var token: Ref
    typealias Result = TokenRecord
}

struct UseToken: Method {
    static let name = "token.use"
    static let summary = "Makes this connection act as a token from now on."
    static let effect = Effect.read
    @Param("The token.", .secret) var token: String
    struct Result: Codable, Sendable {
        /// As whom the connection acts now.
        var principal: Principal
    }
}
