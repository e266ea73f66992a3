import OpsJSONRPC
import TestVectors
import Testing

struct JSONCanonicalTests {
    private func canonical(_ text: String) throws -> String {
        var out: [UInt8] = []
        try JSON.parse(text).writeCanonical(to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    @Test(arguments: [
        (#"{ "b" : [1.0, {"d":1,"c":2}], "a":"\u00e9" }"#, #"{"a":"é","b":[1.0,{"c":2,"d":1}]}"#),
        ("[]", "[]"), ("{}", "{}"), (" null ", "null"),
        // By bytes, which is not how UTF-16 sorts these two.
        (#"{"\ud83d\ude00":1,"\uffee":2}"#, "{\"\u{ffee}\":2,\"😀\":1}"),
        (#"{"B":1,"a":2,"A":3,"":4}"#, #"{"":4,"A":3,"B":1,"a":2}"#),
    ])
    func `members are sorted by the bytes of their keys, and nothing else is changed`(
        text: String, expected: String
    ) throws {
        #expect(try canonical(text) == expected)
    }

    @Test func `equal values have equal canonical texts`() throws {
        var random = RandomJSON(generator: SeededGenerator(seed: 11))
        for _ in 0..<500 {
            let value = random.value(depth: 4)
            let other = Self.shuffled(value, using: &random.generator)
            #expect(value == other)
            #expect(try canonical(value.text) == canonical(other.text))
        }
    }

    private static func shuffled(_ json: JSON, using random: inout SeededGenerator) -> JSON {
        switch json {
        case .array(let elements): return .array(elements.map { shuffled($0, using: &random) })
        case .object(let members):
            let mixed = members.map { ($0.key, shuffled($0.value, using: &random)) }
            return .object(JSON.Object(mixed.shuffled(using: &random)))
        default: return json
        }
    }
}
