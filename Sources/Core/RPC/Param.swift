internal import OpsJSONRPC

/// One declared member of a ``Declared`` type: its help text, its rules, its default, its value.
///
/// A member without a default is required, unless its type is optional.
@propertyWrapper
public struct Param<Value: Codable & Sendable>: Sendable {
    private enum Storage: Sendable {
        case declared(Declaration)
        case value(Value)
    }

    /// What the source text says about the member; read once, by ``FieldSet``.
    private final class Declaration: Sendable {
        let help: String
        let rules: [ParamRule<Value>]
        let defaultValue: Value?

        init(help: String, rules: [ParamRule<Value>], defaultValue: Value?) {
            self.help = help
            self.rules = rules
            self.defaultValue = defaultValue
        }
    }

    private var storage: Storage

    /// Declares a required member, or one that may be absent when `Value` is optional.
    public init(_ help: String, _ rules: ParamRule<Value>...) {
        storage = .declared(Declaration(help: help, rules: rules, defaultValue: nil))
    }

    /// Declares a member with a default.
    public init(wrappedValue: Value, _ help: String, _ rules: ParamRule<Value>...) {
        storage = .declared(Declaration(help: help, rules: rules, defaultValue: wrappedValue))
    }

    /// The member's value, or its default.
    ///
    /// - Precondition: a required member has been decoded or set before it is read.
    public var wrappedValue: Value {
        get {
            switch storage {
            case .value(let value):
                return value
            case .declared(let declaration):
                if let value = declaration.defaultValue { return value }
                if let none = Self.absent { return none }
                preconditionFailure("A required @Param was read before it was decoded or set.")
            }
        }
        set { storage = .value(newValue) }
    }

    /// `nil` as a `Value` when `Value` is optional.
    private static var absent: Value? {
        (Value.self as? any ExpressibleByNilLiteral.Type).flatMap {
            $0.init(nilLiteral: ()) as? Value
        }
    }
}

extension Param: Decodable {
    /// Reads the value alone; ``FieldSet`` has checked it and filled in the default.
    public init(from decoder: any Decoder) throws {
        storage = .value(try decoder.singleValueContainer().decode(Value.self))
    }
}

extension Param: FieldDeclaring {
    func fieldSpec(named name: String) -> FieldSpec {
        guard case .declared(let declaration) = storage else {
            preconditionFailure("The declaration of \(name) was read from a decoded value.")
        }
        var traits = FieldTraits()
        for rule in declaration.rules { rule.describe(&traits) }
        let rules = declaration.rules
        return FieldSpec(
            name: name,
            help: declaration.help,
            schema: Schema.of(Value.self),
            traits: traits,
            isRequired: declaration.defaultValue == nil && Self.absent == nil,
            defaultValue: declaration.defaultValue.flatMap(Self.shown),
            hasRules: rules.contains(where: \.judges),
            check: Self.check(rules.filter(\.judges), of: name))
    }
}

extension Param {
    /// What finds out what is wrong with a value: it is of another type, or the rules complain.
    private static func check(
        _ rules: [ParamRule<Value>], of name: String
    ) -> @Sendable (JSON) throws -> [RPCError.FieldError] {
        // Most members are texts and numbers, and most records come by the thousand: the type is
        // asked for once and not for each value.
        let short = shortCheck(rules)
        return { json in
            if short?(json) == true { return [] }
            let value = try json.decode(Value.self)
            return rules.compactMap { $0.complaint(value) }
                .map { RPCError.FieldError(path: name, reason: $0) }
        }
    }

    /// What tells that there is nothing wrong with a text or an integer, without the way through a
    /// decoder; nil where values are of another type.
    private static func shortCheck(
        _ rules: [ParamRule<Value>]
    ) -> (@Sendable (JSON) -> Bool)? {
        // The type itself has to be asked for: no rules are rules for everything.
        switch Value.self {
        case is String.Type:
            (rules as? [ParamRule<String>]).map { shortCheck($0) { $0.string } }
        case is Int.Type:
            (rules as? [ParamRule<Int>]).map { shortCheck($0) { $0.int } }
        case is String?.Type:
            (rules as? [ParamRule<String?>]).map { shortCheck($0) { $0.string.map(Optional.some) } }
        case is Int?.Type:
            (rules as? [ParamRule<Int?>]).map { shortCheck($0) { $0.int.map(Optional.some) } }
        default: nil
        }
    }

    private static func shortCheck<Plain: Sendable>(
        _ rules: [ParamRule<Plain>], _ value: @escaping @Sendable (JSON) -> Plain?
    ) -> @Sendable (JSON) -> Bool {
        let complaints = rules.map(\.complaint)
        return { json in
            guard let value = value(json) else { return false }
            for complaint in complaints where complaint(value) != nil { return false }
            return true
        }
    }

    /// A default as the schema shows it.
    private static func shown(_ value: Value) -> JSON? {
        let json = try? JSON(encoding: value)
        guard Mirror(reflecting: value).displayStyle == .dictionary, let members = json?.object
        else { return json }
        // A dictionary of Swift's has another order in each process, and a schema has one.
        var sorted = JSON.Object()
        for member in members.sorted(by: { $0.key < $1.key }) { sorted[member.key] = member.value }
        return .object(sorted)
    }
}

extension Param: FieldEncoding {
    func encoded() throws -> JSON? {
        // What was not set is left to whoever answers: the default, or the complaint.
        guard case .value(let value) = storage else { return nil }
        return try JSON(encoding: value)
    }
}

/// A member of a ``Declared`` type that can describe itself.
protocol FieldDeclaring {
    func fieldSpec(named name: String) -> FieldSpec
}
