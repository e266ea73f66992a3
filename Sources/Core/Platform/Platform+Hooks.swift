package import OpsJSONRPC
internal import Synchronization

extension Platform {
    /// Asks the plugins that hook in before a method of somebody else's.
    ///
    /// That is the case of a plugin that runs as a program: the method is the host's, and the plugin
    /// has a platform of its own.
    ///
    /// - Returns: The payload to go on with.
    /// - Throws: ``OpsJSONRPC/RPCError`` when one rejects the call.
    package func ask(
        hook name: String, payload: JSON.Object, as principal: Principal, meta: CallMeta
    ) async throws(RPCError) -> JSON.Object {
        let number = dispatcher.lastRequest.add(1, ordering: .relaxed).newValue
        let declaration = MethodDeclaration(
            name: name, summary: "", effect: .write, isIdempotent: false, fields: [],
            resultSchema: [:])
        let scope = CallScope(
            id: nil, entry: MethodRegistry.Entry(declaration, owner: CoreMethods.owner),
            meta: meta, number: number, on: loop, options.time, caller: nil, session: nil,
            gate: nil)
        let call = Call(
            method: name, identity: Identity(principal), number: number, scope: scope)
        // The host, which knows the method, has held the filters against it.
        return try await plugins.hooks.run(name, before: nil, payload: payload, for: call)
    }
}
