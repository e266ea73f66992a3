internal import OpsJSONRPC

/// The methods that can be called, by name, each with its owner.
public final class MethodRegistry: Sendable {
    /// How a method is answered.
    enum Handler: Sendable {
        /// On the loop, at once: appends the result's JSON text.
        case immediate(@Sendable (Call, JSON?, inout [UInt8]) throws -> Void)
        /// On the loop, with suspensions: returns the result's JSON text.
        case suspending(@Sendable (Call, JSON?) async throws -> [UInt8])
    }

    /// A class, because a call then takes a reference instead of a copy of all of it.
    final class Entry: Sendable {
        let declaration: MethodDeclaration
        let owner: String
        let handler: Handler?
        /// The hook that stands before the method.
        let hook: String?
        /// Whether the method does more than read.
        let isWriting: Bool
        /// Whether its effect lies outside of the store, as that of every method declared by text.
        let writesElsewhere: Bool
        /// Whether a call without parameters and without restrictions needs nothing but its handler.
        let isPlain: Bool
        /// What the callers of a deprecated method are told.
        let warning: String?
        /// Stays the same while handlers come and go.
        let tally: MethodTally

        init(
            _ declaration: MethodDeclaration, owner: String, handler: Handler? = nil,
            tally: MethodTally = MethodTally()
        ) {
            self.declaration = declaration
            self.owner = owner
            self.handler = handler
            hook = declaration.hook
            isWriting = declaration.effect != .read
            writesElsewhere = isWriting && declaration.fieldSet is TextualParams
            isPlain = !isWriting && declaration.deprecated == nil
            warning = declaration.deprecated?.warning(of: declaration.name)
            self.tally = tally
        }

        func answered(by handler: Handler?) -> Entry {
            Entry(declaration, owner: owner, handler: handler, tally: tally)
        }
    }

    private let entries = Guarded<[String: Entry]>([:])

    /// Makes an empty registry.
    public init() {}

    /// Declares the methods of an owner, before anything is started.
    ///
    /// - Throws: ``PluginError`` when a name is taken, or its noun belongs to somebody else.
    public func declare(_ methods: [MethodDeclaration], owner: String) throws(PluginError) {
        for method in methods { try declare(method, owner: owner) }
    }

    private func declare(_ method: MethodDeclaration, owner: String) throws(PluginError) {
        let conflict: PluginError? = entries.withLock { entries in
            if let taken = entries[method.name] {
                return .conflict(owner, "declares the method \(method.name) of \(taken.owner)")
            }
            let first = Self.firstWord(method.name)
            let other = entries.values.first {
                Self.firstWord($0.declaration.name) == first && $0.owner != owner
            }
            if let other {
                return .conflict(
                    owner, "declares \(method.name), but \(other.owner) owns the noun \(first)")
            }
            entries[method.name] = Entry(method, owner: owner)
            return nil
        }
        if let conflict { throw conflict }
    }

    private static func firstWord(_ name: String) -> Substring { name.prefix { $0 != "." } }

    /// Takes back everything that an owner declared.
    public func withdraw(owner: String) {
        entries.withLock { $0 = $0.filter { $0.value.owner != owner } }
    }

    /// Takes back the owner's handlers; its methods stay declared and answer `plugin_unavailable`.
    func silence(owner: String) {
        entries.withLock { entries in
            for (name, entry) in entries where entry.owner == owner {
                entries[name] = entry.answered(by: nil)
            }
        }
    }

    /// Every declaration with its owner, sorted by name.
    public var declarations: [(method: MethodDeclaration, owner: String)] {
        entries.withLock { $0.values.map { ($0.declaration, $0.owner) } }
            .sorted { $0.0.name < $1.0.name }
    }

    /// How often each method was called and how long that took, sorted by name.
    public var statistics: [MethodStatistics] {
        entries.withLock { Array($0.values) }
            .map { $0.tally.statistics(of: $0.declaration.name) }
            .sorted { $0.method < $1.method }
    }

    /// The declared methods of an owner that nobody answers yet.
    func unhandled(owner: String) -> [String] {
        entries.withLock { entries in
            entries.values.filter { $0.owner == owner && $0.handler == nil }
                .map(\.declaration.name).sorted()
        }
    }

    /// The methods of an owner.
    func names(of owner: String) -> [String] {
        entries.withLock { entries in
            entries.values.filter { $0.owner == owner }.map(\.declaration.name)
        }
    }

    func entry(_ method: String) -> Entry? { entries.withLock { $0[method] } }

    /// Returns the declared method nearest in spelling, for the hint of an error.
    func nearest(to method: String) -> String? {
        Spelling.nearest(method, among: entries.withLock { Array($0.keys) })
    }

    func setHandler(_ handler: Handler, for method: String, owner: String) {
        entries.withLock { entries in
            precondition(
                entries[method]?.owner == owner,
                "\(owner) answers \(method) without having declared it in its manifest.")
            entries[method] = entries[method]?.answered(by: handler)
        }
    }
}
