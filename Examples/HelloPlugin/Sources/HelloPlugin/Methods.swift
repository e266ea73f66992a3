import OpsCore

/// `hello.greet`.
struct Greet: Method {
    static let name = "hello.greet"
    static let summary = "Greets somebody."
    static let effect = Effect.write
    typealias Result = Greeting

    @Param("Who is greeted.", .positional, .length(1...80)) var name: String
}

/// `hello.list`.
struct ListGreetings: Method {
    static let name = "hello.list"
    static let summary = "Lists whom it has greeted, the last first."
    static let effect = Effect.read
    static let columns = ["name", "text"]
    typealias Result = Page<Greeting>

    @Param("How many at most.", .range(1...1000)) var limit: Int = 100
}

/// A greeting as it goes over the wire.
struct Greeting: Codable, Sendable {
    var name: String
    var text: String
}
