import OpsJSONRPC

/// One thing that may follow a command.
struct Parameter: Sendable, Equatable {
    var name: String
    var help: String
    var type: ValueType
    var isRequired = false
    var isPositional = false
    /// Takes everything after `--`.
    var takesRest = false
    /// Read from a file or from standard input, never from the command line itself.
    var isSecret = false
    /// A text that is the content of a file: `@FILE` and `-` read one.
    var isContent = false
    /// The file may be any bytes, which go over in base64.
    var isBase64 = false
    /// The values of `type` that know this parameter; empty when all do.
    var appliesTo: [String] = []
    var standard: JSON?
    var maximum: Int?
    /// The one-letter spelling.
    var letter: Character?
    /// The value that the option has when it is given without one.
    var implied: String?
    /// What stands for the value in help, where the name would say less.
    var placeholder: String?
    /// Whether one value of a list may also be given by the word for one.
    var hasSingular = true
    /// The long spelling, unless the type has a handier one.
    private var flag: String

    init(_ name: String, _ help: String, _ type: ValueType) {
        self.name = name
        self.help = help
        self.type = type
        self.flag = name.kebab
    }

    /// Reads one entry of `params` in the daemon's document; nil when it has no name.
    init?(document: JSON) {
        guard let name = document["name"]?.string else { return nil }
        let schema = document["schema"]
        self.name = name
        self.help =
            document["description"]?.string ?? document["summary"]?.string
            ?? schema?["description"]?.string ?? ""
        self.type = ValueType(schema: schema, name: name)
        self.isRequired = document["required"]?.bool ?? false
        self.isPositional = document["x-positional"]?.bool ?? false
        self.takesRest = document["x-rest"]?.bool ?? false
        self.isSecret = document["x-secret"]?.bool ?? false
        self.isBase64 = schema?["contentEncoding"]?.string == "base64"
        self.isContent = isBase64 || schema?["contentMediaType"] != nil
        self.appliesTo = document["x-applies-to"]?.array?.compactMap(\.string) ?? []
        self.standard = schema?["default"]
        self.maximum = schema?["maximum"]?.int
        self.flag = Self.reserved.contains(name) ? "param-\(name)" : name.kebab
    }

    /// These always mean the program's own options, so that they work before the daemon has said
    /// which commands there are.
    private static let reserved = ["socket", "help"]

    /// Every long spelling, the one that help shows first.
    var flags: [String] {
        switch type {
        case .duration where flag.hasSuffix("-ms"): [String(flag.dropLast(3)), flag]
        case .list: flag.singular == flag || !hasSingular ? [flag] : [flag, flag.singular]
        case .map: flag.singular == flag ? [flag] : [flag.singular, flag]
        case .text, .integer, .number, .boolean, .instant, .duration, .choice, .json: [flag]
        }
    }

    /// Required whatever the type of the record is.
    var isAlwaysRequired: Bool { isRequired && appliesTo.isEmpty }

    /// How the option is written in a usage line, without brackets.
    var usage: String {
        let value = placeholder ?? (isContent ? "@FILE" : type.placeholder(name))
        if takesRest { return "-- \(value)..." }
        if isPositional, isContent { return value }
        if isPositional { return type.isRepeatable ? "\(value)..." : name.kebab.uppercased() }
        if type == .boolean { return "--\(standard == true ? "no-" : "")\(flags[0])" }
        if implied != nil { return "--\(flags[0]) [\(value)]" }
        return "--\(flags[0]) \(isSecret ? "@FILE" : value)"
    }
}
