public import OpsJSONRPC

/// The registry as one owner sees it: it answers the methods that its manifest declares.
public struct MethodRegistrar: Sendable {
    let registry: MethodRegistry
    let owner: String

    /// Answers a method with a handler that may suspend; it starts on the loop's thread.
    public func handle<M: Method>(
        _ method: M.Type, _ handler: @escaping @Sendable (Call, M) async throws -> M.Result
    ) {
        let fields = fieldSet(of: method)
        registry.setHandler(
            .suspending { call, params in
                let result = try await handler(call, fields.decode(params))
                var text: [UInt8] = []
                try JSON(encoding: result).write(to: &text)
                return text
            }, for: M.name, owner: owner)
    }

    /// Answers a method at once, on the loop's thread; the handler never blocks.
    public func answer<M: Method>(
        _ method: M.Type, _ handler: @escaping @Sendable (Call, M) throws -> M.Result
    ) {
        let fields = fieldSet(of: method)
        registry.setHandler(
            .immediate { call, params, out in
                try JSON(encoding: handler(call, fields.decode(params))).write(to: &out)
            }, for: M.name, owner: owner)
    }

    /// Answers a method that is declared by text; the parameters that the handler gets have been
    /// checked against the declaration, and the defaults are filled in.
    ///
    /// - Precondition: the declaration was made by text, as an external plugin's manifest is.
    public func forward(
        _ method: String,
        _ handler: @escaping @Sendable (Call, JSON.Object) async throws -> JSON
    ) {
        guard let params = registry.entry(method)?.declaration.fieldSet as? TextualParams else {
            preconditionFailure("\(owner) forwards \(method) without having declared it by text.")
        }
        registry.setHandler(
            .suspending { call, json in
                let result = try await handler(call, params.decode(json))
                var text: [UInt8] = []
                result.write(to: &text)
                return text
            }, for: method, owner: owner)
    }

    /// Answers a method without parameters with the same text always.
    func answerConstantly<M: Method>(_ method: M.Type, _ result: M.Result) throws {
        var text: [UInt8] = []
        try JSON(encoding: result).write(to: &text)
        let constant = text
        answer(method, byText: { constant })
    }

    /// Answers a method without parameters with a text that somebody else has written.
    func answer<M: Method>(_ method: M.Type, byText text: @escaping @Sendable () -> [UInt8]) {
        let fields = fieldSet(of: method)
        registry.setHandler(
            .immediate { _, params, out in
                if params != nil { _ = try fields.decode(params) }
                out += text()
            }, for: M.name, owner: owner)
    }

    private func fieldSet<M: Method>(of method: M.Type) -> FieldSet<M> {
        guard let set = registry.entry(M.name)?.declaration.fieldSet as? FieldSet<M> else {
            preconditionFailure("\(owner) answers \(M.name) without having declared it.")
        }
        return set
    }
}
