import Testing

@testable import OpsCore

@Suite struct SeriesSelectorTests {
    @Test func `a name alone is a matcher for the name`() throws {
        #expect(try SeriesSelector.parse(" up ").matchers == [.metric("up")])
        #expect(try SeriesSelector.parse("a:b_9{}").matchers == [.metric("a:b_9")])
    }

    @Test func `all four operations are read`() throws {
        let selector = try SeriesSelector.parse(
            #"disk{ mount = "/", kind!="free",device=~"sd.*" , host !~'a|b', }"#)
        #expect(
            selector.matchers == [
                .metric("disk"), LabelMatcher("mount", .equal, "/"),
                LabelMatcher("kind", .notEqual, "free"), LabelMatcher("device", .matches, "sd.*"),
                LabelMatcher("host", .doesNotMatch, "a|b"),
            ])
    }

    @Test func `values keep their escapes and their Unicode`() throws {
        let selector = try SeriesSelector.parse(#"m{a="\\ \" \' \n\r\t é🙂",b='"'}"#)
        #expect(selector.matchers[1].value == "\\ \" ' \n\r\t é🙂")
        #expect(selector.matchers[2].value == "\"")
    }

    @Test func `quoted names are read`() throws {
        let selector = try SeriesSelector.parse(#"{"my metric","label.x"="v"}"#)
        #expect(selector.matchers == [.metric("my metric"), LabelMatcher("label.x", .equal, "v")])
    }

    @Test func `empty braces stand for every series`() throws {
        #expect(try SeriesSelector.parse("{}").matchers.isEmpty)
    }

    @Test(arguments: [
        ("", 0, "a metric name or '{'"),
        ("9a", 0, "a metric name or '{'"),
        ("a b", 2, "the end of the selector"),
        ("a{", 2, "a label name"),
        ("a{b", 3, "one of = != =~ !~"),
        ("a{b=", 4, "a label value in quotes"),
        ("a{b=c}", 4, "a label value in quotes"),
        (#"a{b="c""#, 7, "',' or '}'"),
        (#"a{b="c" d="e"}"#, 8, "',' or '}'"),
        (#"a{b="c}"#, 4, "never closed"),
        (#"a{b="\d"}"#, 5, "escape is not known"),
        (#"a{b="c\"#, 6, "cut short"),
        (#"a{,}"#, 2, "a label name"),
        (#"a{"b"}"#, 2, "names its metric twice"),
        (#"a{b="c"}}"#, 8, "the end of the selector"),
        (#"a{b=~"("}"#, 5, "regular expression \"(\""),
    ])
    func `a mistake is named with its place`(text: String, offset: Int, message: String) {
        let error = #expect(throws: SeriesError.self) { try SeriesSelector.parse(text) }
        #expect(error?.offset == offset)
        #expect(error?.message.contains(message) == true, "\(error?.description ?? "no error")")
    }

    @Test func `a selector survives being written and read`() throws {
        let selector = SeriesSelector([
            .metric("a \"b\""), LabelMatcher("x.y", .notEqual, "1\n\\2\t"),
        ])
        let key = SeriesKey(name: "disk", labels: ["mount": "C:\\", "kind": "used"])
        #expect(try SeriesSelector.parse(selector.description) == selector)
        #expect(
            try SeriesSelector.parse(key.description).matchers.map(\.value)
                == ["disk", "used", "C:\\"])
    }
}
