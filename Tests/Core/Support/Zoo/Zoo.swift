import OpsJSONRPC

@testable import OpsCore

/// Plugins that behave well and badly, and write what they do into the log.
enum Zoo {
    static let all: [any Plugin.Type] = [
        TamePlugin.self, PlainPlugin.self, ThrowsInInitPlugin.self, ThrowsInStartPlugin.self,
        HangsInStopPlugin.self, RefusesReloadPlugin.self, HookedPlugin.self,
        HangsInStartPlugin.self, IdlePlugin<Needy>.self, IdlePlugin<Narrow>.self,
        IdlePlugin<MethodThief>.self, IdlePlugin<NounThief>.self, IdlePlugin<Silent>.self,
        IdlePlugin<CircleA>.self, IdlePlugin<CircleB>.self, IdlePlugin<Impostor>.self,
        NarratorPlugin.self, IdlePlugin<Braggart>.self,
    ]

    struct NoSettings: Declared {}

    /// The method of ``TamePlugin``.
    struct Greet: Method {
        static let name = "tame.greet"
        static let summary = "Greets."
        static let effect = Effect.read
        @Param("Who.", .positional) var who: String = "you"
        struct Result: Codable, Sendable { var greeting: String }
    }

    struct Steal: Method {
        static let name = "tame.steal"
        static let summary = "Is somebody else's noun."
        static let effect = Effect.read
        typealias Result = Done
    }

    struct Mumble: Method {
        static let name = "silent.mumble"
        static let summary = "Is answered by nobody."
        static let effect = Effect.read
        typealias Result = Done
    }

    static func manifest(
        _ name: String, requires: [String] = [], methods: [MethodDeclaration] = []
    ) -> Manifest {
        Manifest(
            name: name, version: "1.0", summary: "An animal of the zoo.", requires: requires,
            methods: methods)
    }
}
