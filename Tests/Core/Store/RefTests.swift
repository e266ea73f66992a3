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
}
