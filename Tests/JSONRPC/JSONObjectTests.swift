import OpsJSONRPC
import Testing

struct JSONObjectTests {
    @Test func `a replaced value keeps its place and nil removes the member`() {
        var object: JSON.Object = ["a": 1, "b": 2, "c": 3]
        object["a"] = 9
        object["b"] = nil
        object["d"] = JSON.null
        object["missing"] = nil
        #expect(object.keys == ["a", "c", "d"])
        #expect(object.map(\.value) == [9, 3, nil])
        #expect(object.count == 3 && !object.isEmpty)
    }

    @Test func `of equal keys the last value wins at the first place`() {
        let object = JSON.Object([("a", 1), ("b", 2), ("a", 3)])
        #expect(JSON.object(object).text == #"{"a":3,"b":2}"#)
    }

    @Test func `a long object finds, replaces and removes its members`() {
        var object = JSON.Object((0..<1000).map { ("key\($0)", .number(JSON.Number($0))) })
        object["key500"] = "new"
        for number in stride(from: 0, to: 1000, by: 3) { object["key\(number)"] = nil }
        #expect(object.count == 666)
        #expect(object["key500"] == "new" && object["key3"] == nil && object["key999"] == nil)
        #expect(object["key998"] == 998)
        for number in 0..<990 { object["key\(number)"] = nil }
        #expect(object.keys == ["key991", "key992", "key994", "key995", "key997", "key998"])
        object["key1"] = 1
        #expect(object["key1"] == 1 && object["key991"] == 991)
    }

    @Test func `objects are equal without regard to order`() {
        let one: JSON = ["a": 1, "b": [2]]
        let other: JSON = ["b": [2], "a": 1]
        #expect(one == other && one.hashValue == other.hashValue)
        #expect(one != ["a": 1, "b": [3]] && one != ["a": 1] && one != ["a": 1, "c": [2]])
    }

    @Test func `keys are compared by their bytes`() throws {
        let text = "{\"\u{E9}\":1,\"e\u{301}\":2}"
        let value = try JSON.parse(text, JSON.ParseOptions(duplicateKeys: .reject))
        #expect(value.object?.count == 2)
        #expect(value["\u{E9}"] == 1 && value["e\u{301}"] == 2)
    }

    @Test func `two hundred thousand members do not take quadratic time`() throws {
        let members = (0..<200_000).map { "\"\($0)\":0" }.joined(separator: ",")
        #expect(try JSON.parse("{\(members)}").object?.count == 200_000)
    }

    @Test func `values are reached by key and index`() {
        let value: JSON = ["list": [1, "two", nil, true, 2.5]]
        #expect(value["list"]?[0]?.int == 1 && value["list"]?[1]?.string == "two")
        #expect(value["list"]?[2]?.isNull == true && value["list"]?[3]?.bool == true)
        #expect(value["list"]?[4]?.double == 2.5 && value["list"]?[4]?.int == nil)
        #expect(value["list"]?[5] == nil && value["list"]?[-1] == nil && value[0] == nil)
        #expect(
            value["none"] == nil && value["list"]?["x"] == nil && value["list"]?.array?.count == 5)
    }
}
