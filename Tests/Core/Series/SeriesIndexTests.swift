import Testing

@testable import OpsCore

@Suite struct SeriesIndexTests {
    static let keys = [
        SeriesKey(name: "up", labels: ["host": "a", "job": "web"]),
        SeriesKey(name: "up", labels: ["host": "b", "job": "web"]),
        SeriesKey(name: "up", labels: ["host": "c\nd"]),
        SeriesKey(name: "load", labels: ["host": "a"]),
        SeriesKey(name: "load"),
    ]

    static func index() -> SeriesIndex {
        var index = SeriesIndex()
        for (id, key) in self.keys.enumerated() {
            index.insert(index.symbols.intern(key), as: SeriesID(id))
        }
        return index
    }

    @Test(arguments: [
        (#"up"#, [0, 1, 2]),
        (#"up{host="a"}"#, [0]),
        (#"{host="a"}"#, [0, 3]),
        (#"{host=""}"#, [4]),
        (#"{host!=""}"#, [0, 1, 2, 3]),
        (#"{host!="a"}"#, [1, 2, 4]),
        (#"up{job!="web"}"#, [2]),
        (#"up{host=~"a|b"}"#, [0, 1]),
        (#"up{host=~"a|"}"#, [0]),
        (#"{host=~"a|"}"#, [0, 3, 4]),
        (#"{host!~"a|b"}"#, [2, 4]),
        (#"{host=~".+"}"#, [0, 1, 2, 3]),
        (#"{host=~".*"}"#, [0, 1, 2, 3, 4]),
        (#"{host=~"c.*"}"#, [2]),
        (#"{host=~"c.d"}"#, [2]),
        (#"{host=~"[ab]"}"#, [0, 1, 3]),
        (#"{host=~"."}"#, [0, 1, 3]),
        (#"{__name__=~"l.*d",host="a"}"#, [3]),
        (#"{nothing="x"}"#, []),
        (#"{nothing!="x"}"#, [0, 1, 2, 3, 4]),
        (#"{host=~"^a$"}"#, [0, 3]), (#"{__name__=~"[u]"}"#, []), (#"{job=~"(w|e)+b"}"#, [0, 1]),
        (#"{}"#, [0, 1, 2, 3, 4]),
    ])
    func `matchers find their series`(selector: String, expected: [SeriesID]) throws {
        let matchers = try SeriesSelector.parse(selector).matchers
        #expect(try Self.index().ids(matching: matchers) == expected)
    }

    @Test func `removed series leave no trace`() throws {
        var index = Self.index()
        let keys = Self.keys.map { index.symbols.intern($0) }
        index.remove([2: keys[2], 3: keys[3], 4: keys[4]])
        #expect(index.all == [0, 1])
        #expect(index.values(of: "__name__") == ["up"])
        #expect(index.values(of: "host") == ["a", "b"])
        index.remove([0: keys[0], 1: keys[1]])
        #expect(index.labelNames.isEmpty)
    }

    @Test func `a key comes back from its numbers, and an unknown one has none`() {
        var symbols = Symbols()
        #expect(symbols.find(Self.keys[0]) == nil)
        let packed = Self.keys.map { symbols.intern($0) }
        #expect(packed.map(symbols.key) == Self.keys)
        #expect(Self.keys.map(symbols.find) == packed)
        #expect(symbols.find(SeriesKey(name: "up", labels: ["host": "zzz"])) == nil)
        #expect(Set(packed).count == Self.keys.count)
    }

    @Test func `a bad regular expression is named`() {
        let error = #expect(throws: SeriesError.self) {
            try Self.index().ids(matching: [LabelMatcher("host", .matches, "[a")])
        }
        #expect(error?.kind == .invalidPattern)
    }

    @Test func `labels are sorted and empty values are none`() {
        let labels = Labels(["b": "2", "a": "1", "c": ""])
        #expect(labels.pairs.map(\.name) == ["a", "b"])
        #expect(labels == ["a": "1", "b": "2"] && labels["c"] == nil && labels["b"] == "2")
    }
}
