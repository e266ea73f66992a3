import OpsJSONRPC
import Testing

@testable import OpsMonitoring

/// JSONPath, by the examples of RFC 9535.
@Suite struct JSONPathTests {
    private static let store: JSON = [
        "store": [
            "book": [
                ["title": "Sayings", "price": 8.95], ["title": "Sword", "price": 12.99],
                ["title": "Moby Dick", "isbn": "0-553", "price": 8.99],
                ["title": "Lord", "isbn": "0-395", "price": 22.99],
            ],
            "bicycle": ["color": "red", "price": 399],
        ],
        "o": ["j j": ["k.k": 3], "'": ["@": 2], "☺": 1],
        "a": ["a", "b", "c", "d", "e", "f", "g"],
    ]

    private func select(_ path: String, _ document: JSON = store) throws -> String {
        JSON.array(try JSONPath(path).values(in: document)).text
    }

    @Test(arguments: [
        ("$.store.book[*].title", #"["Sayings","Sword","Moby Dick","Lord"]"#),
        ("$.store.bicycle", #"[{"color":"red","price":399}]"#),
        ("$..price", "[8.95,12.99,8.99,22.99,399]"),
        ("$.store..price", "[8.95,12.99,8.99,22.99,399]"),
        ("$..book[2].isbn", #"["0-553"]"#), ("$..book[-1].title", #"["Lord"]"#),
        ("$..book[0,1].title", #"["Sayings","Sword"]"#),
        ("$..book[:2].title", #"["Sayings","Sword"]"#),
        ("$.store.*.color", #"["red"]"#), ("$.store['bicycle']['color','price']", #"["red",399]"#),
        ("$.o['j j']['k.k']", "[3]"), (#"$.o["'"]["@"]"#, "[2]"), ("$.o['\\'']", #"[{"@":2}]"#),
        ("$.o.☺", "[1]"), (#"$.o["\u263a"]"#, "[1]"),
        ("$.a[1]", #"["b"]"#), ("$.a[-2]", #"["f"]"#), ("$.a[7]", "[]"), ("$.a[-8]", "[]"),
        ("$.a[1:3]", #"["b","c"]"#), ("$.a[5:]", #"["f","g"]"#), ("$.a[1:5:2]", #"["b","d"]"#),
        ("$.a[5:1:-2]", #"["f","d"]"#), ("$.a[::-1]", #"["g","f","e","d","c","b","a"]"#),
        ("$.a[ 0 , 0 ]", #"["a","a"]"#), ("$.a[::0]", "[]"), ("$ .a [1]", #"["b"]"#),
        ("$.a.b", "[]"), ("$.missing", "[]"), ("$.a['1']", "[]"), ("$.o[0]", "[]"),
    ])
    func `a query selects as the standard says`(path: String, values: String) throws {
        #expect(try select(path) == values)
        #expect(try select("$", 5) == "[5]")
    }

    @Test(arguments: [
        ("", "a query begins with $ at character 0"), ("a", "a query begins with $ at character 0"),
        ("$a", "expected . or [ at character 1"), ("$.", "expected a name or * at character 2"),
        ("$..", "expected a name or * at character 3"),
        ("$.1", "expected a name or * at character 2"),
        ("$[", "expected a name, a number or * at character 2"),
        ("$['a", "a name in quotes has no end at character 4"),
        ("$['a'", "expected , or ] at character 5"),
        ("$[01]", "\"01\" is no integer at character 2"),
        ("$[-0]", "\"-0\" is no integer at character 2"), ("$[1", "expected , or ] at character 3"),
        ("$[9007199254740992]", "\"9007199254740992\" is no integer at character 2"),
        ("$[-9223372036854775808]", "\"-9223372036854775808\" is no integer at character 2"),
        ("$[?@.a]", "filters are not supported at character 2"),
        ("$['\\x']", "an escape that there is not at character 5"),
        ("$[\"\\ud800\"]", "half of a surrogate pair at character 9"),
        ("$.a b", "expected . or [ at character 4"),
    ])
    func `a text that is no query is refused with the place`(path: String, reason: String) {
        do throws(JSONPathParser.Failure) {
            _ = try JSONPath(path)
            Issue.record("\(path) was read")
        } catch {
            #expect(error.description == reason)
        }
    }

    @Test func `a surrogate pair is one character`() throws {
        #expect(try select(#"$["\ud83d\ude00"]"#, ["😀": 1]) == "[1]")
    }

    @Test func `a query that selects without end is given up`() throws {
        var deep: JSON = [1]
        for _ in 0..<400 { deep = .array([deep, deep[0] ?? 0]) }
        let path = try JSONPath("$..*..*..*")
        #expect(throws: JSONPath.TooMany.self) { try path.values(in: deep) }
    }
}
