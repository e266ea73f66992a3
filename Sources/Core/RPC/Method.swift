/// A method, declared once as a type: its members are the parameters.
///
/// ```swift
/// struct CreateTicket: Method {
///     static let name = "ticket.create", summary = "Opens a ticket.", effect = Effect.write
///     @Param("One line that says what is wrong.", .length(1...200)) var title: String
///     typealias Result = Ticket
/// }
/// ```
///
/// Validation, `rpc.discover`, the command line's commands, help and completion, and the reference
/// page are read off that.
public protocol Method: Declared {
    /// What the method answers: an object on the wire.
    associatedtype Result: Codable & Sendable
    /// The name on the wire, `noun.verb`.
    static var name: String { get }
    /// One sentence that begins with the verb.
    static var summary: String { get }
    /// What the method does to the records.
    static var effect: Effect { get }
    /// The members of a result or of its `items` that a table shows, in order.
    static var columns: [String] { get }
    /// Whether a repeated call does no more than the first: a call that was cut off by the death of
    /// a plugin is then made again.
    static var isIdempotent: Bool { get }
    /// Whether the result holds a secret that is shown this once: a repeated call with the same
    /// idempotency key gets what the write remembered, and the whole result is kept nowhere.
    static var hasSecretResult: Bool { get }
    /// A second name under which the command line has the method, `ticket.show`.
    static var commandName: String? { get }
    /// Whether the method keeps callers to their own records who may see no others, as
    /// ``Call/seesOwnOnly`` says; such callers have no other methods.
    static var mindsOwner: Bool { get }
    /// That the method will go, and what to call instead.
    static var deprecated: Deprecation? { get }
    /// The errors of its own that the method may answer with.
    static var errors: [ErrorDeclaration] { get }
}

extension Method {
    /// What only reads can be repeated.
    public static var isIdempotent: Bool { effect == .read }
    /// The result may be kept.
    public static var hasSecretResult: Bool { false }
    /// The command line has it by its own name alone.
    public static var commandName: String? { nil }
    /// It does not know whose a record is.
    public static var mindsOwner: Bool { false }
    /// The method stays.
    public static var deprecated: Deprecation? { nil }
    /// No errors but the standard ones.
    public static var errors: [ErrorDeclaration] { [] }
    /// No columns: the result is shown member by member.
    public static var columns: [String] { [] }
}

/// The answer of a method that has nothing to say.
public struct Done: Codable, Sendable {
    /// Makes the answer.
    public init() {}
}

/// One page of a list.
public struct Page<Item: Codable & Sendable>: Codable, Sendable {
    /// The records of this page.
    public var items: [Item]
    /// What to give as `cursor` for the next page; absent after the last.
    public var nextCursor: String?

    /// Makes a page.
    public init(items: [Item], nextCursor: String? = nil) {
        self.items = items
        self.nextCursor = nextCursor
    }
}
