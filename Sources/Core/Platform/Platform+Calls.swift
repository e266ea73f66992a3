public import OpsJSONRPC

extension Platform {
    // MARK: - Typed calls

    /// Calls a method with its parameters as a value of its type.
    ///
    /// ```swift
    /// var create = CreateTicket()
    /// create.title = "The printer is on fire"
    /// let ticket = try await platform.call(create)
    /// ```
    ///
    /// - Throws: ``OpsJSONRPC/RPCError`` as a client would see it; a required member that was not set is
    ///   named in it.
    public func call<M: Method>(
        _ method: M, as principal: Principal = .system, meta: CallMeta = CallMeta()
    ) async throws(RPCError) -> M.Result {
        try await call(
            M.name, params: Self.members(of: method), returning: M.Result.self, as: principal,
            meta: meta)
    }

    /// Calls a method, with its parameters set in place.
    ///
    /// ```swift
    /// let ticket = try await platform.call(CreateTicket.self) { $0.title = "The printer is on fire" }
    /// ```
    public nonisolated(nonsending) func call<M: Method>(
        _ type: M.Type, as principal: Principal = .system, _ set: (inout M) -> Void = { _ in }
    ) async throws(RPCError) -> M.Result {
        var method = M()
        set(&method)
        return try await call(method, as: principal)
    }

    /// Calls a method whose type the caller does not have, with types of the caller's own.
    ///
    /// The parameters need only the members that the caller sets, and the result only those that it
    /// reads; members are translated between `camelCase` and the wire's `snake_case`.
    ///
    /// ```swift
    /// struct NewCheck: Encodable { let type = "http", name: String, url: String }
    /// struct Created: Decodable, Sendable { let ref: Ref }
    /// let check = try await platform.call(
    ///     "check.create", params: NewCheck(name: "web", url: "http://localhost"),
    ///     returning: Created.self)
    /// ```
    ///
    /// - Throws: ``OpsJSONRPC/RPCError`` as a client would see it, or `internal_error` when the answer is no
    ///   `Result`.
    public func call<Result: Decodable & Sendable>(
        _ method: String, params: some Encodable, returning type: Result.Type = Result.self,
        as principal: Principal = .system, meta: CallMeta = CallMeta()
    ) async throws(RPCError) -> Result {
        let answer = try await dispatcher.call(
            method, try Self.encode(params), as: principal, meta: meta)
        do {
            return try answer.decode(Result.self)
        } catch {
            throw .internalError("The answer of \(method) is no \(Result.self): \(error)")
        }
    }

    private static func members(of method: some Method) throws(RPCError) -> JSON.Object {
        do {
            return try FieldEncoder.members(of: method)
        } catch {
            throw .invalidParams("The parameters can't be written as JSON: \(error)")
        }
    }

    private static func encode(_ params: some Encodable) throws(RPCError) -> JSON {
        do {
            return try JSON(encoding: params)
        } catch {
            throw .invalidParams("The parameters can't be written as JSON: \(error)")
        }
    }
}
