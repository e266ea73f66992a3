import OpsJSONRPC
import Testing

struct JSONSameValueTests {
    @Test(arguments: [
        ("1", "1.0"), ("1", "1e0"), ("100", "1E2"), ("0", "-0"), ("0.5", "5e-1"), ("[1]", "[1.0]"),
        (#"{"a":1,"b":2}"#, #"{"b":2.0,"a":1}"#),
        ("18446744073709551616", "18446744073709551616.0"),
    ])
    func `what means the same is the same`(one: String, other: String) throws {
        #expect(try JSON.parse(one).hasSameValue(as: try JSON.parse(other)))
        #expect(try JSON.parse(other).hasSameValue(as: try JSON.parse(one)))
    }

    @Test(arguments: [
        ("1", "2"), ("1", #""1""#), ("9007199254740993", "9007199254740992"), ("0", "null"),
        ("0", "false"), ("[1]", "[1,1]"), (#"{"a":1}"#, #"{"a":1,"b":1}"#),
        (#"{"a":1}"#, #"{"b":1}"#), ("0.5", "0.25"),
    ])
    func `what does not is not`(one: String, other: String) throws {
        #expect(!(try JSON.parse(one).hasSameValue(as: try JSON.parse(other))))
        #expect(!(try JSON.parse(other).hasSameValue(as: try JSON.parse(one))))
    }
}
