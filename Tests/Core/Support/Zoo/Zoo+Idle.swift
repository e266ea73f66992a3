import OpsCore

extension Zoo {
    /// Needs the tame plugin.
    enum Needy: IdleSpecies {
        static let manifest = Zoo.manifest("needy", requires: ["tame"])
    }

    /// Needs a plugin that nobody has enabled.
    enum Narrow: IdleSpecies {
        static let manifest = Zoo.manifest("narrow", requires: ["plain"])
    }

    /// Declares the method of another.
    enum MethodThief: IdleSpecies {
        static let manifest = Zoo.manifest("method_thief", methods: [MethodDeclaration(Greet.self)])
    }

    /// Declares a method of another's noun.
    enum NounThief: IdleSpecies {
        static let manifest = Zoo.manifest("noun_thief", methods: [MethodDeclaration(Steal.self)])
    }

    /// Declares a method and answers it with nothing.
    enum Silent: IdleSpecies {
        static let manifest = Zoo.manifest("silent", methods: [MethodDeclaration(Mumble.self)])
    }

    /// Needs the one that needs it.
    enum CircleA: IdleSpecies {
        static let manifest = Zoo.manifest("circle_a", requires: ["circle_b"])
    }

    /// Needs the one that needs it.
    enum CircleB: IdleSpecies {
        static let manifest = Zoo.manifest("circle_b", requires: ["circle_a"])
    }

    /// Calls itself by the core's name.
    enum Impostor: IdleSpecies {
        static let manifest = Zoo.manifest("core")
    }
}
