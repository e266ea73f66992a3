import Testing

@testable import OpsMonitoring

/// The grammars of both formats, by example.
@Suite struct ExpositionParserTests {
    /// A sample with its name and labels read, as `name{a="b"}` with sorted labels.
    struct Found: Equatable, CustomStringConvertible {
        var series: String
        var value: Double
        var timestamp: Int64?

        var description: String {
            "\(series) \(value)" + (timestamp.map { " @\($0)" } ?? "")
        }

        static func == (left: Found, right: Found) -> Bool {
            left.description == right.description
        }
    }

    static func read(
        _ text: [UInt8], _ format: ExpositionFormat = .text
    ) throws(ExpositionError) -> [Found] {
        let result: Result<[Found], ExpositionError> = text.withUnsafeBytes { bytes in
            Result { () throws(ExpositionError) in
                var parser = ExpositionParser(bytes, format)
                var found: [Found] = []
                while let sample = try parser.next() {
                    do throws(ExpositionSeries.Malformed) {
                        let series = try ExpositionSeries(
                            parsing: .init(rebasing: bytes[sample.series]))
                        found.append(
                            Found(
                                series: Self.text(of: series), value: sample.value,
                                timestamp: sample.timestamp))
                    } catch {
                        throw parser.failure(error.reason)
                    }
                }
                return found
            }
        }
        return try result.get()
    }

    private static func text(of series: ExpositionSeries) -> String {
        let labels = series.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return labels.isEmpty ? series.name : "\(series.name){\(labels.joined(separator: ","))}"
    }

    private func read(_ text: String, _ format: ExpositionFormat = .text) throws -> [String] {
        try Self.read(Array(text.utf8), format).map(\.description)
    }

    private func refusal(_ text: String, _ format: ExpositionFormat = .text) -> String? {
        do throws(ExpositionError) {
            _ = try Self.read(Array(text.utf8), format)
            return nil
        } catch {
            return error.description
        }
    }

    // MARK: - The text format

    @Test(arguments: [
        ("a 1\n", ["a 1.0"]),
        ("a{} 1\n", ["a 1.0"]),
        ("a{b=\"c\"} 1\n", ["a{b=c} 1.0"]),
        ("a{b=\"c\",} 1\n", ["a{b=c} 1.0"]),
        (
            "a { b = \"c\" , d = \"e\" , } \t 1 \t 1395066363000 \n",
            ["a{b=c,d=e} 1.0 @1395066363000"]
        ),
        ("a{b=\"c\"}1\n", ["a{b=c} 1.0"]),
        ("\t a 1\n\n  \na:b_9 2\n", ["a 1.0", "a:b_9 2.0"]),
        ("a 1 -5\n", ["a 1.0 @-5"]),
        ("a{b=\"\"} 1\n", ["a{b=} 1.0"]),
        ("a{b=\" c, d} # \"} 1\n", ["a{b= c, d} # } 1.0"]),
        (#"a{b="C:\\DIR\\x\n\"y\""} 1"# + "\n", ["a{b=C:\\DIR\\x\n\"y\"} 1.0"]),
        (#"a{b="C:\Windows"} 1"# + "\n", [#"a{b=C:\Windows} 1.0"#]),
        ("a{b=\"ünï → 漢\"} 1\n", ["a{b=ünï → 漢} 1.0"]),
        ("{\"my.metric\"} 1\n", ["my.metric 1.0"]),
        ("{\"my.metric\",\"label.x\"=\"v\",y=\"z\"} 1\n", ["my.metric{label.x=v,y=z} 1.0"]),
        ("{y=\"z\",\"my \\\"metric\\\"\"} 1\n", ["my \"metric\"{y=z} 1.0"]),
        ("# HELP a with \\n and \\\\\n# TYPE a counter\n# a remark\n#\n#x\na 1\n", ["a 1.0"]),
        ("# HELP a\n# TYPE \"my.metric\" gauge\n", []),
        ("# EOF\na 1\n", ["a 1.0"]),
        ("a 1\nb 2\na{x=\"y\"} 3\n", ["a 1.0", "b 2.0", "a{x=y} 3.0"]),
        ("", []),
        ("\n", []),
    ])
    func `the text format is read`(text: String, found: [String]) throws {
        #expect(try read(text) == found)
    }

    @Test(arguments: [
        ("a 1", "line 1: the text ends in the middle of a line"),
        ("a 1\n# HELP b", "line 2: the text ends in the middle of a line"),
        ("a 1\na\n", "line 2: expected a value instead of the line's end"),
        ("a \n", "line 1: expected a value instead of the line's end"),
        ("a one\n", "line 1: \"one\" is no value"),
        ("a 1 2 3\n", "line 1: unexpected \"3\""),
        ("a 1 2.5\n", "line 1: \"2.5\" is no timestamp in milliseconds"),
        (
            "a 1 99999999999999999999\n",
            "line 1: \"99999999999999999999\" is no timestamp in milliseconds"
        ),
        ("9a 1\n", "line 1: expected a metric's name instead of \"9a 1\""),
        ("a.b 1\n", "line 1: expected a space instead of \".b 1\""),
        ("a-1\n", "line 1: expected a space instead of \"-1\""),
        ("a{b=\"c\" 1\n", "line 1: the labels have no end"),
        ("a{b=\"c} 1\n", "line 1: a text in quotes has no end"),
        ("a{b=\"c\\\"} 1\n", "line 1: a text in quotes has no end"),
        ("a{b=\"c\nd\"} 1\n", "line 1: a text in quotes has no end"),
        ("a{b} 1\n", "line 1: expected = instead of \"}\""),
        ("a{b=c} 1\n", "line 1: expected a text in quotes instead of \"c\""),
        ("a{=\"c\"} 1\n", "line 1: expected a label's name instead of \"=\""),
        ("a{,} 1\n", "line 1: expected a label's name instead of \",\""),
        ("a{b=\"c\",,} 1\n", "line 1: expected a label's name instead of \",\""),
        ("a{b=\"c\"d=\"e\"} 1\n", "line 1: expected , or } instead of \"d\""),
        ("a{b:c=\"d\"} 1\n", "line 1: expected = instead of \":\""),
        ("a{b=\"c\",b=\"d\"} 1\n", "line 1: the label \"b\" stands twice"),
        ("a{__name__=\"b\"} 1\n", "line 1: the label __name__ is the metric's name"),
        ("a{\"b\"} 1\n", "line 1: the metric has two names"),
        ("{b=\"c\"} 1\n", "line 1: the metric has no name"),
        ("{\"\"} 1\n", "line 1: the metric's name is empty"),
        ("{} 1\n", "line 1: the metric has no name"),
        ("a{\"\"=\"c\"} 1\n", "line 1: a label's name is empty"),
        ("a 1\r\n", "line 1: \"1\\r\" is no value"),
        ("a 1\u{0}\n", "line 1: \"1\\0\" is no value"),
        ("# TYPE a\n", "line 1: \"\" is no type of metric"),
        ("# TYPE a number\n", "line 1: \"number\" is no type of metric"),
        ("# TYPE a unknown\n", "line 1: \"unknown\" is no type of metric"),
        ("# HELP 9\n", "line 1: HELP is not followed by a metric's name"),
        ("<html>\n", "line 1: expected a metric's name instead of \"<html>\""),
    ])
    func `a text that is wrong is refused by its line`(text: String, reason: String) {
        #expect(refusal(text) == reason)
    }

    @Test func `names and labels that are not UTF-8 are refused`() {
        for text in [[0x61, 0x7B, 0x62, 0x3D, 0x22, 0xFF, 0x22, 0x7D, 0x20, 0x31, 0x0A]]
            as [[UInt8]]
        {
            #expect(throws: ExpositionError(line: 1, reason: "a name or a label is not UTF-8")) {
                try Self.read(text)
            }
        }
    }

    @Test func `a text cut anywhere is refused, or ends with a whole line`() throws {
        let text = Array(
            """
            # HELP http_requests_total The total number of HTTP requests.
            # TYPE http_requests_total counter
            http_requests_total{method="post",code="200"} 1027 1395066363000
            http_requests_total{method="post",code="400"}    3 1395066363000
            msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot:\\n\\"x\\""} 1.4e9
            metric_without_timestamp_and_labels 12.47
            something_weird{problem="division by zero"} +Inf -3982045
            # TYPE http_request_duration_seconds histogram
            http_request_duration_seconds_bucket{le="0.05"} 24054
            http_request_duration_seconds_bucket{le="+Inf"} 144320
            {"a.quoted","l.x"="}"} NaN

            """.utf8)
        let whole = try Self.read(text)
        #expect(whole.count == 8)
        for end in text.indices {
            let isWhole = end == 0 || text[end - 1] == UInt8(ascii: "\n")
            do throws(ExpositionError) {
                let found = try Self.read(Array(text[..<end]))
                #expect(isWhole, "cut after \(end) bytes")
                #expect(found == Array(whole.prefix(found.count)))
            } catch {
                #expect(!isWhole, "cut after \(end) bytes: \(error)")
                #expect(error.line == text[..<end].count { $0 == UInt8(ascii: "\n") } + 1)
            }
        }
    }

    // MARK: - OpenMetrics

    @Test(arguments: [
        ("# EOF\n", []),
        ("# EOF", []),
        ("a 1\n# EOF\n", ["a 1.0"]),
        ("a 1 1520879607.789\n# EOF\n", ["a 1.0 @1520879607789"]),
        ("a 1 1520879607\n# EOF\n", ["a 1.0 @1520879607000"]),
        ("a 1 -1.5e0\n# EOF\n", ["a 1.0 @-1500"]),
        (
            "# TYPE foo_seconds counter\n# UNIT foo_seconds seconds\n# HELP foo_seconds Text.\n"
                + "foo_seconds_total 17.0 1520879607.789\nfoo_seconds_created 1520430000.123\n# EOF\n",
            ["foo_seconds_total 17.0 @1520879607789", "foo_seconds_created 1520430000.123"]
        ),
        (
            "# TYPE foo histogram\nfoo_bucket{le=\"0.01\"} 0\n"
                + "foo_bucket{le=\"0.1\"} 8 # {} 0.054\n"
                + "foo_bucket{le=\"1\"} 11 # {trace_id=\"KOO5S4vxi0o\"} 0.67\n"
                + "foo_bucket{le=\"+Inf\"} 17 1 # {trace_id=\"oHg5SJYRHA0\"} 9.8 1520879607.789\n"
                + "foo_count 17\nfoo_sum 324789.3\n# EOF\n",
            [
                "foo_bucket{le=0.01} 0.0", "foo_bucket{le=0.1} 8.0", "foo_bucket{le=1} 11.0",
                "foo_bucket{le=+Inf} 17.0 @1000", "foo_count 17.0", "foo_sum 324789.3",
            ]
        ),
        (
            "# TYPE s summary\ns{quantile=\"0.9\"} 1\ns_count 1\n# TYPE g gaugehistogram\n"
                + "g_bucket{le=\"+Inf\"} 1\ng_gcount 1\ng_gsum 2\n# TYPE i info\ni_info{v=\"1\"} 1\n"
                + "# TYPE t stateset\nt{t=\"on\"} 1\n# TYPE u unknown\nu 4\n# EOF\n",
            [
                "s{quantile=0.9} 1.0", "s_count 1.0", "g_bucket{le=+Inf} 1.0", "g_gcount 1.0",
                "g_gsum 2.0", "i_info{v=1} 1.0", "t{t=on} 1.0", "u 4.0",
            ]
        ),
        (
            "# TYPE \"my.metric\" counter\n{\"my.metric_total\",x=\"y\"} 1\n# EOF\n",
            ["my.metric_total{x=y} 1.0"]
        ),
    ])
    func `OpenMetrics is read`(text: String, found: [String]) throws {
        #expect(try read(text, .openMetrics) == found)
    }

    @Test(arguments: [
        ("", "line 1: the text ends without # EOF"),
        ("a 1\n", "line 2: the text ends without # EOF"),
        ("a 1\n# EO", "line 2: the text ends in the middle of a line"),
        ("# EOF\na 1\n", "line 2: there is something after # EOF"),
        ("# EOF\n\n", "line 2: there is something after # EOF"),
        ("a 1\n\n# EOF\n", "line 2: the line is empty"),
        (" a 1\n# EOF\n", "line 1: expected a metric's name instead of \" a 1\""),
        ("a  1\n# EOF\n", "line 1: \"\" is no value"),
        ("a\t1\n# EOF\n", "line 1: expected a space instead of \"\\t1\""),
        ("a{b=\"c\"}1\n# EOF\n", "line 1: expected a space instead of \"1\""),
        ("a 1 \n# EOF\n", "line 1: expected a timestamp instead of the line's end"),
        ("a 1 1 2\n# EOF\n", "line 1: unexpected \" 2\""),
        ("a 1 NaN\n# EOF\n", "line 1: \"NaN\" is no timestamp in seconds"),
        (
            "a 1 # {x=\"y\"}\n# EOF\n",
            "line 1: expected an exemplar's value instead of the line's end"
        ),
        ("a 1 # 2\n# EOF\n", "line 1: an exemplar has no labels"),
        (
            "a 1 # {x=y} 2\n# EOF\n",
            "line 1: in an exemplar expected a text in quotes instead of \"y\""
        ),
        ("# a remark\n# EOF\n", "line 1: a comment is none of HELP, TYPE and UNIT"),
        ("# TYPE a untyped\n# EOF\n", "line 1: \"untyped\" is no type of metric"),
        ("# UNIT a seconds\n# EOF\n", "line 1: the name a does not end in its unit, _seconds"),
        ("# TYPE a gauge\n# TYPE a gauge\n# EOF\n", "line 2: a has two lines of TYPE"),
        ("a 1\n# HELP a Late.\n# EOF\n", "line 2: what is said about a comes after its samples"),
        (
            "# TYPE a counter\na 1\n# EOF\n",
            "line 2: a sample of the counter a ends in none of _total, _created"
        ),
        ("a 1\nb 1\na 2\n# EOF\n", "line 3: the lines of a do not stand together"),
        (
            "# TYPE a counter\na_total 1\nb 1\n# HELP a Again.\n# EOF\n",
            "line 4: the lines of a do not stand together"
        ),
    ])
    func `OpenMetrics that is wrong is refused by its line`(text: String, reason: String) {
        #expect(refusal(text, .openMetrics) == reason)
    }

    @Test func `OpenMetrics cut anywhere is refused`() {
        let text = Array(
            "# TYPE a counter\n# HELP a Text.\na_total{x=\"y\"} 1 1.5 # {t=\"u\"} 2\n# EOF".utf8)
        for end in text.indices {
            #expect(throws: ExpositionError.self) {
                try Self.read(Array(text[..<end]), .openMetrics)
            }
        }
        #expect(throws: Never.self) { try Self.read(text, .openMetrics) }
    }

    @Test(arguments: [
        (
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
            ExpositionFormat.openMetrics
        ),
        ("Application/OpenMetrics-Text", .openMetrics), ("text/plain; version=0.0.4", .text),
        ("", .text), ("text/html", .text),
    ])
    func `the answer's type decides about the format`(type: String, format: ExpositionFormat) {
        #expect(ExpositionFormat(contentType: type) == format)
    }

    // MARK: - Damage

    @Test func `no damage of a byte leads to a crash, or to a sample that is not in the text`()
        throws
    {
        let text = Array(
            "# TYPE a counter\na{b=\"c\\\\\",d=\"e\"} 1.5e3 123\n{\"x.y\"} -Inf\n".utf8)
        for index in text.indices {
            for byte in UInt8.min...UInt8.max {
                var damaged = text
                damaged[index] = byte
                for format in [ExpositionFormat.text, .openMetrics] {
                    // Refused or not: it must return.
                    let found = try? Self.read(damaged, format)
                    #expect((found?.count ?? 0) <= 3)
                }
            }
        }
    }
}
