internal import OpsCore
internal import OpsJSONRPC

// The methods of ``PuppetPlugin``.

struct Echo: Method {
    static let name = "puppet.echo"
    static let summary = "Answers what it was told."
    static let effect = Effect.read
    @Param("What to answer.", .positional, .length(0...100_000_000)) var text: String
    @Param("How often.", .positional, .range(0...1000)) var count: Int = 1
    @Param("How much.") var ratio: Double?
    @Param("What else.") var items: [String] = []
    struct Result: Codable, Sendable { var text: String }
}

struct Hold: Method {
    static let name = "puppet.hold"
    static let summary = "Answers when it is released."
    static let effect = Effect.read
    typealias Result = Done
}

struct AwaitHeld: Method {
    static let name = "puppet.await_held"
    static let summary = "Answers when so many calls are held."
    static let effect = Effect.read
    @Param("How many.") var count: Int
    struct Result: Codable, Sendable { var held: Int }
}

struct Release: Method {
    static let name = "puppet.release"
    static let summary = "Lets all held calls be answered."
    static let effect = Effect.read
    typealias Result = Done
}

struct Fill: Method {
    static let name = "puppet.fill"
    static let summary = "Answers a text of some length."
    static let effect = Effect.read
    @Param("How long.") var bytes: Int
    struct Result: Codable, Sendable { var text: String }
}

struct Announce: Method {
    static let name = "puppet.announce"
    static let summary = "Announces events of some size in one transaction."
    static let effect = Effect.write
    @Param("How many.") var count: Int = 1
    @Param("How large each is.") var bytes: Int = 1
    typealias Result = Done
}

struct Fail: Method {
    static let name = "puppet.fail"
    static let summary = "Fails in a way that is its own fault."
    static let effect = Effect.read
    typealias Result = Done
}
