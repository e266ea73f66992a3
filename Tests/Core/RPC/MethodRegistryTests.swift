import OpsJSONRPC
import Testing

@testable import OpsCore

struct MethodRegistryTests {
    @Test func `a name that is taken is refused`() throws {
        let registry = MethodRegistry()
        try registry.declare([MethodDeclaration(Trial.Echo.self)], owner: "a")
        let error = #expect(throws: PluginError.self) {
            try registry.declare([MethodDeclaration(Trial.Echo.self)], owner: "b")
        }
        #expect(error?.description == "b: declares the method trial.echo of a")
    }

    @Test func `a noun belongs to one owner`() throws {
        let registry = MethodRegistry()
        try registry.declare([MethodDeclaration(Trial.Echo.self)], owner: "a")
        let error = #expect(throws: PluginError.self) {
            try registry.declare([MethodDeclaration(Trial.Later.self)], owner: "b")
        }
        #expect(error?.description == "b: declares trial.later, but a owns the noun trial")
        try registry.declare([MethodDeclaration(Trial.Later.self)], owner: "a")
    }

    @Test func `what was withdrawn may be declared by another`() throws {
        let registry = MethodRegistry()
        try registry.declare(Trial.declarations, owner: "a")
        registry.withdraw(owner: "a")
        try registry.declare(Trial.declarations, owner: "b")
        #expect(Set(registry.declarations.map(\.owner)) == ["b"])
    }

    @Test func `what nobody answers is known`() throws {
        let registry = MethodRegistry()
        try registry.declare(
            [MethodDeclaration(Trial.Echo.self), MethodDeclaration(Trial.Held.self)], owner: "a")
        let methods = MethodRegistrar(registry: registry, owner: "a")
        methods.answer(Trial.Echo.self) { _, _ in Trial.Answer(text: "") }
        #expect(registry.unhandled(owner: "a") == ["trial.held"])
        registry.silence(owner: "a")
        #expect(registry.unhandled(owner: "a") == ["trial.echo", "trial.held"])
    }

    @Test func `a method with a constant answer still refuses parameters`() async throws {
        try await withLoop { loop in
            let registry = MethodRegistry()
            try registry.declare([MethodDeclaration(Trial.Held.self)], owner: "a")
            try MethodRegistrar(registry: registry, owner: "a")
                .answerConstantly(Trial.Held.self, Done())
            let dispatcher = Dispatcher(
                registry: registry, loop: loop, logger: StoreFolder.logger)
            #expect(try await dispatcher.call("trial.held", nil, as: .system) == [:])
            #expect(try await dispatcher.call("trial.held", [:], as: .system) == [:])
            await #expect(throws: RPCError.self) {
                try await dispatcher.call("trial.held", ["x": 1], as: .system)
            }
        }
    }
}
