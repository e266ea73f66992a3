import OpsCore

/// Methods for tests of the dispatcher.
enum Trial {
    static let owner = "trial"

    static let declarations = [
        MethodDeclaration(Echo.self), MethodDeclaration(Later.self), MethodDeclaration(Held.self),
        MethodDeclaration(Fail.self), MethodDeclaration(FailLater.self),
        MethodDeclaration(Undone.self), MethodDeclaration(Follow.self),
    ]

    struct Answer: Codable, Sendable, Equatable { var text: String }

    enum Failure: String, Codable, CaseIterable, Sendable {
        case rpc, store, crash, cancelled, unwritable
    }

    struct Echo: Method {
        static let name = "trial.echo"
        static let summary = "Repeats the text at once."
        static let effect = Effect.read
        @Param("The text.", .positional, .length(0...1000)) var text: String
        @Param("How often.", .range(1...1_000_000)) var times: Int = 1
        typealias Result = Answer
    }

    struct Later: Method {
        static let name = "trial.later"
        static let summary = "Repeats the text after a suspension."
        static let effect = Effect.read
        @Param("The text.", .positional) var text: String
        @Param("How often.", .range(1...1_000_000)) var times: Int = 1
        typealias Result = Answer
    }

    struct Held: Method {
        static let name = "trial.held"
        static let summary = "Answers when the test says so."
        static let effect = Effect.read
        typealias Result = Done
    }

    struct Fail: Method {
        static let name = "trial.fail"
        static let summary = "Fails at once."
        static let effect = Effect.read
        @Param("How.", .positional) var how: Failure
        typealias Result = Number
    }

    struct FailLater: Method {
        static let name = "trial.fail_later"
        static let summary = "Fails after a suspension."
        static let effect = Effect.read
        @Param("How.", .positional) var how: Failure
        typealias Result = Number
    }

    struct Undone: Method {
        static let name = "trial.undone"
        static let summary = "Is declared but answered by nobody."
        static let effect = Effect.read
        typealias Result = Done
    }

    struct Follow: Method {
        static let name = "trial.follow"
        static let summary = "Does something once the answer is out."
        static let effect = Effect.read
        typealias Result = Done
    }

    struct Number: Codable, Sendable { var value: Double }
}
