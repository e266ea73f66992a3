internal import OpsJSONRPC

/// Ties records together, shows what is tied, and takes ties away.
enum LinkMethods {
    static let declarations = [
        MethodDeclaration(CreateLink.self), MethodDeclaration(DeleteLink.self),
        MethodDeclaration(ListLinks.self),
    ]

    static func bind(_ methods: MethodRegistrar, _ store: Store) {
        methods.handle(CreateLink.self) { call, params in
            try await call.write(to: store) { try params.create($0) }
        }
        methods.handle(DeleteLink.self) { call, params in
            try await call.write(to: store) { try params.delete($0) }
        }
        methods.handle(ListLinks.self) { _, params in
            let links = try await store.read {
                try $0.links(of: params.ref, relation: params.relation)
            }
            return Page(items: links)
        }
    }

    /// The shape of a relation: a verb or preposition in snake_case.
    static let relationPattern = "^[a-z][a-z0-9_]{0,63}$"

    static func isRelation(_ text: String) -> Bool {
        let isPlain = text.utf8.allSatisfy {
            (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f
        }
        guard let first = text.utf8.first else { return false }
        return isPlain && (0x61...0x7a).contains(first) && text.utf8.count <= 64
    }
}

extension ParamRule where Value == String {
    /// A relation between two records, such as `depends_on`.
    fileprivate static var relation: Self {
        Self(
            describe: { $0.schema["pattern"] = .string(LinkMethods.relationPattern) },
            complaint: {
                LinkMethods.isRelation($0)
                    ? nil : "must be lower-case letters, digits and underscores, such as depends_on"
            })
    }
}

struct CreateLink: Method {
    static let name = "link.create"
    static let summary = "Links a record to another; harmless when they are linked already."
    static let effect = Effect.write
    static let isIdempotent = true
    @Param("The record that the relation starts from.", .positional) var from: Ref
    @Param("How they belong together, such as depends_on.", .positional, .relation)
    var relation: String
    @Param("The record that the relation points to.", .positional) var to: Ref
    typealias Result = Link

    init() {}

    init(_ from: Ref, _ relation: String, _ to: Ref) {
        (self.from, self.relation, self.to) = (from, relation, to)
    }

    func create(_ transaction: WriteTransaction) throws -> Link {
        let isNew = try transaction.link(from, relation, to)
        guard let link = try transaction.link(between: from, relation, to) else {
            preconditionFailure("A link that was made in this transaction is not in it.")
        }
        guard isNew else { return link }
        let after = try JSON(encoding: link)
        try transaction.audit(Self.name, from, before: nil, after: after)
        try transaction.announce("link.created", from, after)
        return link
    }
}

struct DeleteLink: Method {
    static let name = "link.delete"
    static let summary = "Takes a link away."
    static let effect = Effect.destroy
    @Param("The record that the relation starts from.", .positional) var from: Ref
    @Param("How they belong together.", .positional) var relation: String
    @Param("The record that the relation points to.", .positional) var to: Ref
    typealias Result = Link

    init() {}

    init(_ from: Ref, _ relation: String, _ to: Ref) {
        (self.from, self.relation, self.to) = (from, relation, to)
    }

    func delete(_ transaction: WriteTransaction) throws -> Link {
        guard let link = try transaction.link(between: from, relation, to) else {
            throw RPCError.notFound("\(from) has no link \(relation) to \(to).")
        }
        try transaction.unlink(from, relation, to)
        let before = try JSON(encoding: link)
        try transaction.audit(Self.name, from, before: before, after: nil)
        try transaction.announce("link.deleted", from, before)
        return link
    }
}

struct ListLinks: Method {
    static let name = "link.list"
    static let summary = "Lists what a record is linked to, in both directions."
    static let effect = Effect.read
    static let columns = ["from", "relation", "to", "at"]
    @Param("The record.", .positional) var ref: Ref
    @Param("Only this relation.") var relation: String?
    typealias Result = Page<Link>
}
