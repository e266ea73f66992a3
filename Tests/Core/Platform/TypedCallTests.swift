import OpsJSONRPC
import Testing

@testable import OpsCore

/// Calls with types instead of JSON, as an embedding program makes them.
struct TypedCallTests {
    private struct Greeting: Decodable, Sendable { let greeting: String }

    @Test func `a method's type carries the parameters and names the result`() async throws {
        try await PlatformFixture().run("tame") { platform in
            #expect(try await platform.call(Zoo.Greet()).greeting == "hello you")
            let ada = try await platform.call(Zoo.Greet.self) { $0.who = "Ada" }
            #expect(ada.greeting == "hello Ada")
        }
    }

    @Test func `members that were not set are left to the one who answers`() throws {
        var search = QuerySearch()
        search.text = "disk"
        search.cursor = nil
        let members = try FieldEncoder.members(of: search)
        #expect(JSON.object(members) == ["text": "disk", "cursor": nil])
        #expect(try FieldSet(QuerySearch.self).decode(members).limit == 20)
    }

    @Test func `a required member that was not set is named`() async throws {
        try await PlatformFixture().run { platform in
            let error = await #expect(throws: RPCError.self) {
                try await platform.call(QuerySearch())
            }
            #expect(error?.fields == [.init(path: "text", reason: "is required")])
        }
    }

    @Test func `a caller without the method's type brings types of its own`() async throws {
        struct Params: Encodable { let who: String }
        try await PlatformFixture().run("tame") { platform in
            let answer = try await platform.call(
                "tame.greet", params: Params(who: "Bo"), returning: Greeting.self)
            #expect(answer.greeting == "hello Bo")
        }
    }

    @Test func `an answer of another shape is an error that names the method`() async throws {
        struct Other: Decodable, Sendable { let nothingOfTheKind: Int }
        struct None: Encodable {}
        try await PlatformFixture().run("tame") { platform in
            let error = await #expect(throws: RPCError.self) {
                try await platform.call("tame.greet", params: None(), returning: Other.self)
            }
            #expect(error?.kind == "internal_error")
            #expect(error?.message.contains("tame.greet") == true)
        }
    }

    @Test func `the collected members of a declaration are written beside the others`() throws {
        struct Open: Declared {
            @Param("A name.") var name: String
            @Members var members: JSON.Object
        }
        var open = Open()
        open.name = "web"
        open.members["url"] = "http://localhost"
        #expect(
            JSON.object(try FieldEncoder.members(of: open))
                == ["name": "web", "url": "http://localhost"])
    }
}
