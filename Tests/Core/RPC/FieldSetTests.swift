import OpsJSONRPC
import Testing

@testable import OpsCore

struct FieldSetTests {
    enum Size: String, Codable, CaseIterable, Sendable { case small, large }

    struct Place: Codable, Sendable, Equatable {
        var street: String
        var houseNumber: Int?
    }

    struct Order: Declared {
        @Param("How many.", .range(1...10)) var itemCount: Int = 3
        @Param("What.", .length(1...5), .positional) var title: String
        @Param("The size.") var size: Size?
        @Param("Words.") var tags: [String] = []
        @Param("Where to.") var place: Place?
        @Param("When.") var at: Instant?
        @Param("How heavy.", .present(.range(0...1))) var weight: Double?
    }

    struct Open: Declared {
        @Param("The kind.") var type: String
        @Param("A note.") var note: String = "-"
        @Members var members: JSON.Object
    }

    struct Said: Declared {
        @Param("The kind.") var type: String
        @Param("How many.", .range(1...10)) var count: Int = 3
        @Given var given: JSON.Object
    }

    struct Paging: Declared {
        @Param("How many.", .range(1...10)) var limit: Int = 5
        @Param("From where.") var nextCursor: String?
    }

    struct Listing: Declared {
        @Param("What.", .positional) var kind: String
        @Group var paging: Paging
        @Param("In which order.") var sort: String = "name"
    }

    struct Empty: Declared {}

    /// The complaints about a value, by path.
    private func complaints<T: Declared>(
        _ type: T.Type, _ text: String, extra: [FieldSpec] = []
    ) throws -> [String: String] {
        let json = try JSON.parse(text)
        let error = #expect(throws: RPCError.self) {
            try FieldSet(type, extra: extra).decode(json)
        }
        #expect(error?.kind == "invalid_params")
        return Dictionary(
            (error?.fields ?? []).map { ($0.path, $0.reason) }, uniquingKeysWith: { "\($0), \($1)" }
        )
    }

    private func order(_ text: String) throws -> Order {
        try FieldSet(Order.self).decode(try JSON.parse(text))
    }

    // MARK: - Without making a value

    @Test(arguments: [
        #"{}"#, #"{"title":null}"#, #"{"title":7}"#, #"{"title":""}"#, #"{"title":"too long"}"#,
        #"{"title":"tea","item_count":0}"#, #"{"title":"tea","item_count":"3"}"#,
        #"{"title":"tea","item_count":1.5}"#, #"{"title":"tea","item_count":2.0}"#,
        #"{"title":"tea","item_count":null}"#, #"{"title":"tea","size":"huge"}"#,
        #"{"title":"tea","size":null,"tags":null,"weight":null}"#,
        #"{"title":"tea","tags":["a",7]}"#, #"{"title":"tea","place":{"house_number":1}}"#,
        #"{"title":"tea","place":{"street":"a"},"at":"2026-03-01T00:00:00Z","weight":0.5}"#,
        #"{"title":"tea","at":"yesterday"}"#, #"{"title":"tea","weight":2}"#,
        #"{"title":"tea","wieght":1}"#, #"{"size":"huge","item_count":0,"more":1}"#,
    ])
    func `members are found wrong as if they were decoded`(text: String) throws {
        let members = try #require(try JSON.parse(text).object)
        let set = FieldSet(Order.self)
        func wrong(_ judge: () throws(RPCError) -> Void) -> [String] {
            do throws(RPCError) {
                try judge()
                return []
            } catch {
                return error.fields.map { "\($0.path): \($0.reason)" }.sorted()
            }
        }
        let decoded = wrong { () throws(RPCError) in _ = try set.decode(members) }
        #expect(wrong { () throws(RPCError) in try set.check(members) } == decoded)
        #expect(wrong { () throws(RPCError) in _ = try set.completed(members) } == decoded)
    }

    @Test func `what has no rules is judged by its own type`() {
        struct Plain: Declared {
            @Param("A text.") var text: String = ""
            @Param("A truth.") var truth: Bool = false
            @Param("A number.") var number: Double = 0
            @Param("A count.") var count: Int = 0
        }
        let set = FieldSet(Plain.self)
        #expect(throws: Never.self) {
            try set.check(["text": "a", "truth": true, "number": 0.5, "count": 1])
        }
        let wrong: [JSON.Object] = [
            ["text": true], ["truth": "true"], ["truth": 1], ["number": "0.5"], ["count": 0.5],
        ]
        for members in wrong {
            #expect(throws: RPCError.self, "\(members)") { try set.check(members) }
        }
    }

    @Test func `members are completed with their defaults`() throws {
        let members = try FieldSet(Order.self).completed(["title": "tea", "tags": nil])
        #expect(members == ["title": "tea", "tags": [], "item_count": 3])
        let said = try FieldSet(Order.self).completed(["title": "tea", "item_count": 4])
        #expect(said["item_count"] == 4)
    }

    // MARK: - What is taken

    @Test func `members that are not given have their defaults`() throws {
        let order = try order(#"{"title":"tea"}"#)
        #expect(order.title == "tea")
        #expect(order.itemCount == 3)
        #expect(order.size == nil)
        #expect(order.tags == [])
    }

    @Test func `what was given can be told from what is the default`() throws {
        let said = try FieldSet(Said.self).decode(["type": "a", "count": 3])
        #expect(JSON.object(said.given) == ["type": "a", "count": 3])
        let less = try FieldSet(Said.self).decode(["type": "a"])
        #expect(less.count == 3)
        #expect(JSON.object(less.given) == ["type": "a"])
        #expect(FieldSet(Said.self).fields.map(\.name) == ["type", "count"])
        #expect(try complaints(Said.self, #"{"type":"a","given":1}"#).keys.sorted() == ["given"])
    }

    @Test func `members are called by their wire names`() throws {
        let order = try order(
            """
            {"title":"tea","item_count":4,"size":"large","tags":["a","b"],
             "place":{"street":"Main","house_number":5},"at":"2026-01-01T00:00:00Z","weight":0.5}
            """)
        #expect(order.itemCount == 4)
        #expect(order.size == .large)
        #expect(order.tags == ["a", "b"])
        #expect(order.place == Place(street: "Main", houseNumber: 5))
        #expect(order.at == Instant("2026-01-01T00:00:00Z"))
        #expect(order.weight == 0.5)
    }

    @Test func `null stands for a member that is not given`() throws {
        let order = try order(#"{"title":"tea","item_count":null,"size":null,"weight":null}"#)
        #expect(order.itemCount == 3)
        #expect(order.size == nil)
        #expect(order.weight == nil)
    }

    @Test func `positions count required members first`() throws {
        #expect(
            FieldSet(Order.self).fields.map(\.name) == [
                "title", "item_count", "size", "tags", "place", "at", "weight",
            ])
        let order = try order(#"["tea",4,null,["x"]]"#)
        #expect(order.title == "tea")
        #expect(order.itemCount == 4)
        #expect(order.tags == ["x"])
    }

    @Test(arguments: [nil, JSON.object([:]), JSON.array([])])
    func `a declaration without members takes no parameters`(params: JSON?) throws {
        _ = try FieldSet(Empty.self).decode(params)
    }

    // MARK: - What is refused

    @Test func `every bad member is named at once`() throws {
        let found = try complaints(
            Order.self, #"{"titel":"x","item_count":11,"size":"huge","weight":2}"#)
        #expect(found["titel"] == "is not a member; did you mean title?")
        #expect(found["title"] == "is required")
        #expect(found["item_count"] == "must be 1 to 10, not 11")
        #expect(found["size"] != nil)
        #expect(found["weight"] == "must be 0.0 to 1.0, not 2.0")
        #expect(found.count == 5)
    }

    @Test(arguments: [
        (#"{"title":5}"#, "title", "expected a string, found a number"),
        (#"{"title":null}"#, "title", "expected a string, found null"),
        (#"{"title":"tea","item_count":"4"}"#, "item_count", "expected an integer"),
        (#"{"title":"tea","item_count":1.5}"#, "item_count", "expected an integer"),
        (#"{"title":"tea","tags":["a",5]}"#, "tags[1]", "expected a string"),
        (#"{"title":"tea","tags":"a"}"#, "tags", "expected an array"),
        (#"{"title":"tea","place":{"street":1}}"#, "place.street", "expected a string"),
        (#"{"title":"tea","place":{}}"#, "place.street", "is missing"),
        (
            #"{"title":"tea","place":{"street":"a","house_number":"b"}}"#, "place.house_number",
            "exp"
        ),
        (#"{"title":"tea","at":"yesterday"}"#, "at", ""),
        (#"{"title":""}"#, "title", "must have 1 to 5 characters, not 0"),
        (#"{"title":"abcdef"}"#, "title", "must have 1 to 5 characters, not 6"),
        (#"{"title":"tea","Title":"x"}"#, "Title", "did you mean title?"),
        (#"[]"#, "title", "is required"),
        (#"[1]"#, "title", "expected a string"),
        (#"["a",1,"small",[],null,null,1,8]"#, "[7]", "there are only 7 parameters, 8 were given"),
        (
            #"{"title":"tea","item_count":18446744073709551616}"#, "item_count",
            "expected an integer"
        ),
        (#"{"title":"tea","weight":1e400}"#, "weight", "expected a number"),
    ])
    func `a wrong value is named by its path`(text: String, path: String, reason: String) throws {
        let found = try complaints(Order.self, text)
        #expect(found.keys.sorted() == [path])
        #expect(found[path]?.contains(reason) == true || reason.isEmpty)
    }

    @Test func `a text is measured in code points, as JSON Schema does`() throws {
        #expect(try order(#"{"title":"äöüß€"}"#).title == "äöüß€")
        #expect(try complaints(Order.self, #"{"title":"👩‍👩‍👧‍👦"}"#)["title"] != nil)
    }

    @Test func `a member of an empty declaration is told that there are none`() throws {
        let found = try complaints(Empty.self, #"{"x":1}"#)
        #expect(found == ["x": "is not a member; there are none"])
    }

    @Test func `parameters that are neither object nor array are no request`() {
        let error = #expect(throws: RPCError.self) {
            try FieldSet(Order.self).decode(JSON.string("x"))
        }
        #expect(error?.code == -32600)
    }

    // MARK: - Members declared elsewhere

    private var extra: [FieldSpec] {
        FieldSet(Order.self).fields.map { $0.applying(to: ["order"]) }
    }

    @Test func `members declared elsewhere are collected unread`() throws {
        let open = try FieldSet(Open.self, extra: extra).decode(
            try JSON.parse(#"{"type":"order","title":5,"size":"huge"}"#))
        #expect(open.type == "order")
        #expect(open.note == "-")
        #expect(open.members == ["title": 5, "size": "huge"])
    }

    @Test func `members declared elsewhere are judged by nobody here`() throws {
        let fields = FieldSet(Open.self, extra: extra)
        try fields.check(["type": "order", "title": 5, "size": .null])
        #expect(throws: RPCError.self) { try fields.check(["type": 5, "title": 5]) }
    }

    @Test func `a member that nobody declares is refused there as well`() throws {
        let found = try complaints(Open.self, #"{"type":"order","titl":5}"#, extra: extra)
        #expect(found == ["titl": "is not a member; did you mean title?"])
    }

    @Test func `the collection itself is no member`() throws {
        let found = try complaints(Open.self, #"{"type":"order","members":{}}"#, extra: extra)
        #expect(found.keys.sorted() == ["members"])
    }

    @Test func `members declared elsewhere have no position`() throws {
        let found = try complaints(Open.self, #"["order","n","title"]"#, extra: extra)
        #expect(found.keys.sorted() == ["[2]"])
    }

    // MARK: - The schema

    @Test func `a member's schema says type, limits, default and help`() throws {
        let fields = FieldSet(Order.self).fields
        let count = try #require(fields.first { $0.name == "item_count" })
        #expect(
            count.fullSchema == [
                "type": "integer", "minimum": 1, "maximum": 10, "description": "How many.",
                "default": 3,
            ])
        #expect(!count.isRequired)
        let title = try #require(fields.first)
        #expect(title.isRequired)
        #expect(title.traits.isPositional)
        #expect(title.fullSchema["minLength"] == 1)
        #expect(title.fullSchema["default"] == nil)
    }

    // MARK: - Shared members

    @Test func `members of a group stand among the others`() throws {
        #expect(
            FieldSet(Listing.self).fields.map(\.name) == ["kind", "limit", "next_cursor", "sort"])
        let set = FieldSet(Listing.self)
        let given = try set.decode(try JSON.parse(#"{"kind":"a","limit":7,"next_cursor":"x"}"#))
        #expect(given.paging.limit == 7 && given.paging.nextCursor == "x" && given.sort == "name")
        let bare = try set.decode(try JSON.parse(#"["a"]"#))
        #expect(bare.paging.limit == 5 && bare.paging.nextCursor == nil)
    }

    @Test func `members of a group are judged by their own names`() throws {
        let found = try complaints(
            Listing.self, #"{"kind":"a","limit":70,"next_cursor":1,"paging":{}}"#)
        #expect(found.keys.sorted() == ["limit", "next_cursor", "paging"])
    }

    @Test func `members of a group are written as they are read`() throws {
        var listing = Listing()
        listing.kind = "a"
        listing.paging.limit = 3
        #expect(try FieldEncoder.members(of: listing) == ["kind": "a", "limit": 3])
    }
}
