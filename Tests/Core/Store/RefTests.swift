import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct RefTests {
    @Test(arguments: ["ticket:142", "ci:web-1", "ci:a:b", "check_2:ü x"])
    func `a ref is read and written the same`(text: String) throws {
        #expect(Ref(text)?.description == text)
    }

    @Test(arguments: ["", "ticket", "ticket:", ":1", "Ticket:1", "2x:1", "a b:1", "_:1"])
    func `what is no ref is nil`(text: String) {
        #expect(Ref(text) == nil)
    }

    @Test func `the key may be a number`() {
        #expect(Ref("ticket", 142) == Ref("ticket:142"))
        #expect(Ref("ticket", 142).key == "142")
    }

    @Test func `an event and its ref are plain on the wire and come back the same`() throws {
        let event = Event(
            seq: 7, at: Instant(milliseconds: 1_763_687_565_123), topic: "check.created",
            ref: Ref("check", 1), data: ["name": "web", "n": 1.50])
        let json = try JSON(encoding: event)
        #expect(json["ref"] == "check:1")
        #expect(json["seq"] == 7)
        #expect(json["at"] == "2025-11-21T01:12:45.123Z")
        #expect(try json.decode(Event.self) == event)
        #expect(throws: DecodingError.self) { try JSON.string("check").decode(Ref.self) }
    }
}
