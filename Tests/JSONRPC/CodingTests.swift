import OpsJSONRPC
import TestVectors
import Testing

struct CodingTests {
    @Test func `a record round trips under its wire names`() throws {
        let check = Check(
            requestID: "r1", intervalMs: 60_000, labels: ["siteName": "x", "a_b": "y"], note: nil,
            kinds: [.soft, .hard], nested: [.init(tlsURL: "u", ratio: 0.5)],
            at: Instant(milliseconds: 0),
            extra: ["big": .number(JSON.Number(UInt64.max))])
        let json = try JSON(encoding: check)
        #expect(
            json == [
                "request_id": "r1", "interval_ms": 60_000, "labels": ["siteName": "x", "a_b": "y"],
                "kinds": ["soft", "hard"], "nested": [["tls_url": "u", "ratio": 0.5]],
                "at": "1970-01-01T00:00:00.000Z",
                "extra": ["big": .number(JSON.Number(UInt64.max))],
            ])
        #expect(json.object?.keys.first == "request_id")
        #expect(try json.decode(Check.self) == check)
    }

    @Test func `null is the same as absent for an optional member`() throws {
        let json: JSON = ["note": nil, "count": 1]
        #expect(try json.decode(Optionals.self) == Optionals(note: nil, count: 1))
        #expect(try JSON(encoding: Optionals(note: nil, count: nil)) == [:])
    }

    @Test(arguments: ["1", "1.0", "1e2", "100e-2", "-0"])
    func `an integer may be written in any exact way`(text: String) throws {
        #expect(throws: Never.self) { try JSON.parse(text).decode(Int.self) }
    }

    @Test func `a fraction or an overflow is no integer`() throws {
        #expect(
            reason { try JSON.parse("1.5").decode(Int.self) }
                == "expected an integer from -9223372036854775808 to 9223372036854775807, found 1.5"
        )
        #expect(
            reason { try JSON.parse("256").decode(UInt8.self) }
                == "expected an integer from 0 to 255, found 256")
        #expect(reason { try JSON.parse("-1").decode(UInt64.self) } != nil)
        #expect(
            reason { try JSON.parse("\"1\"").decode(Int.self) }
                == "expected an integer, found a string")
        #expect(
            reason { try JSON.parse("1e400").decode(Double.self) }
                == "expected a number in the range of Double, found 1e400")
        #expect(reason { try JSON.parse("1e100").decode(Float.self) } != nil)
    }

    @Test func `every width of integer and float round trips`() throws {
        #expect(try JSON(encoding: Int8.min).decode(Int8.self) == .min)
        #expect(try JSON(encoding: Int16.max).decode(Int16.self) == .max)
        #expect(try JSON(encoding: Int32.min).decode(Int32.self) == .min)
        #expect(try JSON(encoding: Int64.max).decode(Int64.self) == .max)
        #expect(try JSON(encoding: UInt16.max).decode(UInt16.self) == .max)
        #expect(try JSON(encoding: UInt32.max).decode(UInt32.self) == .max)
        #expect(try JSON(encoding: UInt64.max).decode(UInt64.self) == .max)
        #expect(try JSON(encoding: Int128.max).decode(Int128.self) == .max)
        #expect(try JSON(encoding: 0.1 as Float).text == "0.1")
        #expect(try JSON(encoding: 0.1 as Float).decode(Float.self) == 0.1)
        #expect(try JSON(encoding: true).decode(Bool.self))
    }

    @Test func `an error carries the path in wire names`() throws {
        let json: JSON = [
            "nested_list": [["tls_url": "u", "ratio": 1], ["tls_url": "u", "ratio": "x"]]
        ]
        let error = #expect(throws: DecodingError.self) { try json.decode(Outer.self) }
        let field = try RPCError.FieldError(#require(error))
        #expect(
            field
                == .init(path: "nested_list[1].ratio", reason: "expected a number, found a string"))
        let missing = #expect(throws: DecodingError.self) {
            try JSON.parse(#"{"nested_list":[{}]}"#).decode(Outer.self)
        }
        #expect(
            try RPCError.invalidParams(#require(missing)).fields
                == [.init(path: "nested_list[0].tls_url", reason: "is missing")])
        let null = #expect(throws: DecodingError.self) {
            try JSON.parse(#"{"nested_list":null}"#).decode(Outer.self)
        }
        #expect(try RPCError.FieldError(#require(null)).reason == "expected an array, found null")
    }

    @Test func `a number that JSON cannot hold is not encoded`() {
        let error = #expect(throws: EncodingError.self) { try JSON(encoding: ["a": [Double.nan]]) }
        guard case .invalidValue(_, let context)? = error else { return }
        #expect(context.codingPath.map(\.stringValue) == ["a", "[0]"])
        #expect(throws: EncodingError.self) { try JSON(encoding: Float.infinity) }
    }

    @Test func `any value passes through losslessly`() throws {
        var random = RandomJSON(generator: SeededGenerator(seed: 11))
        for _ in 0..<100 {
            let value = random.value(depth: 4)
            #expect(try JSON(encoding: value) == value)
            #expect(try value.decode(JSON.self) == value)
            #expect(try JSON(encoding: ["v": value]).decode([String: JSON].self) == ["v": value])
        }
    }

    @Test func `enums with values, classes with superclasses and nested containers round trip`()
        throws
    {
        let endings: [Ending] = [.timedOut, .exitedNormally(exitCode: 3), .killed(bySignal: 9)]
        let json = try JSON(encoding: endings)
        #expect(json[1] == ["exited_normally": ["exit_code": 3]])
        #expect(try json.decode([Ending].self) == endings)
        let derived = try JSON(encoding: Derived(base: 1, own: 2))
        #expect(derived.text == #"{"own":2,"super":{"base":1}}"#)
        let back = try derived.decode(Derived.self)
        #expect(back.base == 1 && back.own == 2)
        let matrix = try JSON(encoding: ByHand(rows: [[1, 2], []]))
        #expect(matrix.text == #"{"rows":{"list":[[1,2],[]]}}"#)
        #expect(try matrix.decode(ByHand.self).rows == [[1, 2], []])
    }

    @Test func `keys that are data are not renamed`() throws {
        let json = try JSON(encoding: VerbatimMembers())
        #expect(json == ["camelCase": 1])
        #expect(try JSON(encoding: [1: "a"]) == ["1": "a"])
        #expect(
            try JSON.parse(#"{"snake_case":1,"camelCase":2}"#).decode([String: Int].self)
                == ["snake_case": 1, "camelCase": 2])
    }

    private func reason(_ body: () throws -> some Any) -> String? {
        let error = #expect(throws: DecodingError.self) { _ = try body() }
        return error.map { RPCError.FieldError($0).reason }
    }
}

// MARK: - Records

private struct Check: Codable, Equatable {
    enum Kind: String, Codable { case soft, hard }
    var requestID: String
    var intervalMs: Int
    var labels: [String: String]
    var note: String?
    var kinds: [Kind]
    var nested: [Part]
    var at: Instant
    var extra: JSON
}

private struct Part: Codable, Equatable {
    var tlsURL: String
    var ratio: Double
}

private struct Outer: Codable { var nestedList: [Part] }

private struct Optionals: Codable, Equatable {
    var note: String?
    var count: Int?
}

private enum Ending: Codable, Equatable {
    case timedOut
    case exitedNormally(exitCode: Int)
    case killed(bySignal: Int)
}

private class Base: Codable {
    var base: Int
    init(base: Int) { self.base = base }
}

private final class Derived: Base {
    private enum Key: CodingKey { case own }
    var own: Int

    init(base: Int, own: Int) {
        self.own = own
        super.init(base: base)
    }

    required init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        own = try container.decode(Int.self, forKey: .own)
        try super.init(from: container.superDecoder())
    }

    override func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(own, forKey: .own)
        try super.encode(to: container.superEncoder())
    }
}

private struct ByHand: Codable {
    private enum Key: CodingKey { case rows, list }
    var rows: [[Int]]

    init(rows: [[Int]]) { self.rows = rows }

    init(from decoder: any Decoder) throws {
        let outer = try decoder.container(keyedBy: Key.self)
        var list = try outer.nestedContainer(keyedBy: Key.self, forKey: .rows)
            .nestedUnkeyedContainer(forKey: .list)
        rows = []
        while !list.isAtEnd {
            var row = try list.nestedUnkeyedContainer()
            var numbers: [Int] = []
            while !row.isAtEnd { numbers.append(try row.decode(Int.self)) }
            rows.append(numbers)
        }
    }

    func encode(to encoder: any Encoder) throws {
        var outer = encoder.container(keyedBy: Key.self)
        var middle = outer.nestedContainer(keyedBy: Key.self, forKey: .rows)
        var list = middle.nestedUnkeyedContainer(forKey: .list)
        for row in rows {
            var inner = list.nestedUnkeyedContainer()
            for number in row { try inner.encode(number) }
        }
    }
}

private struct VerbatimMembers: Encodable {
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: WireKey.self)
        try container.encode(1, forKey: WireKey("camelCase"))
    }
}
