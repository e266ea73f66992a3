public import OpsJSONRPC

/// A method's declaration without its type: what the registry, `rpc.discover` and the documents use.
public struct MethodDeclaration: Sendable {
    /// The name on the wire, `noun.verb`.
    public let name: String
    /// One sentence that begins with the verb.
    public let summary: String
    /// What the method does to the records.
    public let effect: Effect
    /// The parameters, in the order of declaration.
    public let fields: [FieldSpec]
    /// The JSON schema of the result.
    public let resultSchema: JSON.Object
    /// The members that a table shows.
    public let columns: [String]
    /// Decodes parameters into the method's type; the registry hands it to the handler.
    let fieldSet: any Sendable

    /// Reads the declaration of a method; `extra` are fields that its ``Members`` collects.
    public init<M: Method>(_ method: M.Type, extra: [FieldSpec] = []) {
        let set = FieldSet(M.self, extra: extra)
        name = M.name
        summary = M.summary
        effect = M.effect
        fields = set.fields
        resultSchema = Schema.of(M.Result.self)
        columns = M.columns
        fieldSet = set
    }

    /// The part of the name before the last dot: what the method is about.
    public var noun: String { name.split(separator: ".").dropLast().joined(separator: ".") }
}
