import OpsJSONRPC
import Testing

/// Values below whose own members nobody may stand who is not known.
@Suite struct CodingKnownTests {
    private struct Leaf: Codable, Equatable {
        var size: Int?
        var heldBy: [String: Int]?
        var any: JSON?
    }

    private struct Tree: Codable, Equatable {
        var leaf: Leaf?
        var leaves: [Leaf]?
        var named: [String: Leaf]?
    }

    @Test(arguments: [
        (#"{"leaf": {"size": 1, "colour": 2}}"#, "leaf.colour"),
        (#"{"leaf": {"colour": null}}"#, "leaf.colour"),
        (#"{"leaves": [{"size": 1}, {"Size": 1}]}"#, "leaves.1.Size"),
        (#"{"named": {"a": {"sizes": 1}}}"#, "named.a.sizes"),
        (#"{"leaf": {"heldBy": {}}}"#, "leaf.heldBy"),
    ])
    func `A member that its type has not is refused by its place`(
        text: String, place: String
    ) throws {
        let json = try JSON.parse(text)
        let error = #expect(throws: DecodingError.self) { try json.decodeKnown(Tree.self) }
        guard case .dataCorrupted(let context) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(
            context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
                .joined(separator: ".") == place)
        // Who reads answers of a newer version passes it over.
        _ = try json.decode(Tree.self)
    }

    @Test(arguments: [
        (#"{"leaf": {"colour": 2, "size": 1}}"#, "is unknown"),
        (#"{"leaf": {"colour": 2, "size": 1, "age": 4}}"#, "is unknown; so is age"),
        (
            #"{"leaf": {"colour": 2, "size": 1, "weight": 3, "age": 4}}"#,
            "is unknown; so are weight, age"
        ),
    ])
    func `All that are unknown of an object are told at once`(text: String, reason: String) throws {
        try expectUnknownColour(try JSON.parse(text), reason)
    }

    @Test func `Of many that are unknown ten are named`() throws {
        var leaf: JSON.Object = ["colour": 2]
        for number in 1...12 { leaf["x\(number)"] = 1 }
        let names = (1...10).map { "x\($0)" }.joined(separator: ", ")
        try expectUnknownColour(
            ["leaf": .object(leaf)], "is unknown; so are \(names) and 2 more")
    }

    private func expectUnknownColour(_ json: JSON, _ reason: String) throws {
        let error = #expect(throws: DecodingError.self) { try json.decodeKnown(Tree.self) }
        guard case .dataCorrupted(let context) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(context.codingPath.map { $0.stringValue } == ["leaf", "colour"])
        #expect(context.debugDescription == reason)
    }

    @Test(arguments: [
        #"{"other": 1, "leaf": {"size": 1, "held_by": {"x": 1, "y": 2}, "any": {"a": {"b": 1}}}}"#,
        #"{"leaves": [], "named": {"a": {}, "b_c": {"size": null}}, "leaf": null}"#,
    ])
    func `Names of dictionaries and free values are anybody's, and so are the value's own members`(
        text: String
    ) throws {
        let json = try JSON.parse(text)
        #expect(try json.decodeKnown(Tree.self) == json.decode(Tree.self))
    }
}
