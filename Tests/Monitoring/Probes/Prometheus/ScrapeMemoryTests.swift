import OpsCore
import OpsJSONRPC
import OpsPattern
import Testing

@testable import OpsMonitoring

/// Which series a scrape brings, and what is refused.
@Suite struct ScrapeMemoryTests {
    private static let now = Instant(milliseconds: 1_700_000_000_000)

    private func read(
        _ text: String, _ memory: inout ScrapeMemory, uptime: Duration = .zero
    ) throws(ScrapeRefusal) -> ScrapeReading {
        let bytes = Array(text.utf8)
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(ScrapeRefusal) in
                try memory.read(bytes, .text, at: Self.now, uptime: uptime)
            }
        }
        return try result.get()
    }

    private func read(
        _ text: String, _ rules: ScrapeRules = ScrapeRules()
    ) throws(ScrapeRefusal) -> ScrapeReading {
        var memory = ScrapeMemory(rules)
        return try read(text, &memory)
    }

    private func shown(_ reading: ScrapeReading) -> [String] {
        reading.samples.map {
            "\($0.series.key) \($0.value)" + ($0.timestamp.map { " @\($0)" } ?? "")
        }
    }

    private func rules(
        _ change: (inout ScrapeRules) throws -> Void
    ) rethrows -> ScrapeRules {
        var rules = ScrapeRules()
        try change(&rules)
        return rules
    }

    private func refusal(_ text: String, _ rules: ScrapeRules) -> String? {
        do throws(ScrapeRefusal) {
            _ = try read(text, rules)
            return nil
        } catch {
            return error.reason
        }
    }

    private static func test(_ select: String) throws -> LabelTest {
        try LabelTest(try SeriesSelector.parse(select))
    }

    // MARK: - Rules

    @Test func `labels of the check are added, and those in their way are renamed`() throws {
        let labels = rules { $0.labels = ["instance": "web:9100", "site": "ulm"] }
        let reading = try read(
            "a{instance=\"x\",site=\"y\",exported_site=\"z\",check=\"w\"} 1\nb 2\n", labels)
        #expect(
            shown(reading) == [
                "a{exported_check=\"w\",exported_exported_site=\"y\",exported_instance=\"x\""
                    + ",exported_site=\"z\",instance=\"web:9100\",site=\"ulm\"} 1.0",
                "b{instance=\"web:9100\",site=\"ulm\"} 2.0",
            ])
    }

    @Test func `labels of an exposition that is trusted win, unless they are empty`() throws {
        let trusting = rules {
            $0.labels = ["instance": "web:9100"]
            $0.honorsLabels = true
        }
        let reading = try read(
            "a{instance=\"x\",check=\"w\"} 1\nb{instance=\"\"} 2\n", trusting)
        #expect(
            shown(reading) == [
                "a{check=\"w\",instance=\"x\"} 1.0", "b{instance=\"web:9100\"} 2.0",
            ])
        #expect(reading.samples[0].series.labels(of: "me")["check"] == "w")
        #expect(reading.samples[1].series.labels(of: "me")["check"] == "me")
    }

    @Test func `keep and drop choose by name and labels`() throws {
        let text = "a{x=\"1\"} 1\na{x=\"2\"} 2\nab 3\nc 4\n"
        let kept = try rules { $0.keep = [try Self.test("{__name__=~\"a.*\"}")] }
        let reading = try read(text, kept)
        #expect(shown(reading) == ["a{x=\"1\"} 1.0", "a{x=\"2\"} 2.0", "ab 3.0"])
        #expect(reading.scraped == 4)
        let dropped = try rules {
            $0.drop = [try Self.test("a{x!~\"1|3\"}"), try Self.test("c{x=\"\"}")]
        }
        #expect(shown(try read(text, dropped)) == ["a{x=\"1\"} 1.0", "ab 3.0"])
    }

    @Test func `metrics and labels get other names, in the order of the rules`() throws {
        let renaming = try rules {
            $0.renamings = [
                .metric(try Rewriting("go_(.*)_(bytes)", to: "golang_$2_${1}")),
                .label("method", to: "verb"), .label("verb", to: "http_verb"),
                .label("from", to: "to"),
            ]
        }
        let reading = try read(
            "go_heap_bytes 1\ngo_heap 2\nb{method=\"GET\"} 3\nc{from=\"x\",to=\"y\"} 4\n", renaming)
        #expect(
            shown(reading) == [
                "golang_bytes_heap 1.0", "go_heap 2.0", "b{http_verb=\"GET\"} 3.0",
                "c{exported_to=\"y\",to=\"x\"} 4.0",
            ])
    }

    // MARK: - Values and times

    @Test func `NaN and infinities are taken as they are`() throws {
        let values = try read("a NaN\nb +Inf\nc -Inf\n").samples.map(\.value.bitPattern)
        #expect(
            values == [
                0x7FF8_0000_0000_0001, Double.infinity.bitPattern, (-Double.infinity).bitPattern,
            ])
    }

    @Test func `the first of two samples of a series counts`() throws {
        let reading = try read("a 1\nb 2\na 3\na{x=\"\"} 4\n")
        #expect(shown(reading) == ["a 1.0", "b 2.0"])
        #expect(reading.repeated == 2)
        #expect(reading.firstRepeated == "a")
    }

    @Test func `a series may come with several times in any order, but each only once`() throws {
        let (first, second, third) = (1_700_000_001_000, 1_700_000_002_000, 1_700_000_003_000)
        let reading = try read(
            "a 1 \(third)\na 2 \(first)\na 3 \(second)\na 4 \(first)\na 5 \(third)\na 6\n")
        #expect(
            shown(reading) == ["a 1.0 @\(third)", "a 2.0 @\(first)", "a 3.0 @\(second)", "a 6.0"])
        #expect(reading.repeated == 2)
        let ignoring = rules { $0.honorsTimestamps = false }
        #expect(shown(try read("a 1 \(third)\nb 2\n", ignoring)) == ["a 1.0", "b 2.0"])
    }

    @Test func `a time that is more than ten minutes ahead is left out`() throws {
        let reading = try read("a 1 1700000600000\nb 2 1700000600001\nc 3 \(Int64.max)\n")
        #expect(shown(reading) == ["a 1.0 @1700000600000"])
        #expect(reading.early == 2)
        #expect(reading.repeated == 0)
    }

    @Test func `a time that is more than a day ago is left out`() throws {
        let reading = try read("a 1 1699913600000\nb 2 1699913599999\nc 3 \(Int64.min)\nd 4 0\n")
        #expect(shown(reading) == ["a 1.0 @1699913600000"])
        #expect(reading.late == 3)
    }

    // MARK: - From scrape to scrape

    @Test func `what was met before is the same series, wherever it stands`() throws {
        var memory = ScrapeMemory(ScrapeRules())
        let first = try read("a 1\nb 2\nc 3\n", &memory)
        let same = try read("a 4\nb 5\nc 6\n", &memory)
        let other = try read("c 7\nx 8\na 9\nb 10\n", &memory)
        let last = try read("b 11\nc 12\nx 13\nx 14\n", &memory)
        #expect(zip(first.samples, same.samples).allSatisfy { $0.series === $1.series })
        #expect(shown(other) == ["c 7.0", "x 8.0", "a 9.0", "b 10.0"])
        #expect(other.samples[0].series === first.samples[2].series)
        #expect(other.samples[2].series === first.samples[0].series)
        #expect(last.samples.map(\.series.key.name) == ["b", "c", "x"])
        #expect(last.samples[2].series === other.samples[1].series)
        #expect(last.repeated == 1)
    }

    @Test func `a scrape that is refused changes nothing`() throws {
        var memory = ScrapeMemory(ScrapeRules())
        let first = try read("a 1\nb 2\n", &memory)
        #expect(throws: ScrapeRefusal.self) { try read("b 3\nq 4\na", &memory) }
        let next = try read("a 5\nb 6\n", &memory)
        #expect(shown(next) == ["a 5.0", "b 6.0"])
        #expect(zip(first.samples, next.samples).allSatisfy { $0.series === $1.series })
    }

    // MARK: - Limits

    @Test func `a limit refuses the scrape and says what it met`() {
        let few = rules { $0.limits.samples = 2 }
        #expect(refusal("a 1\nb 2\n", few) == nil)
        #expect(
            refusal("a 1\nb 2\nc 3\nd 4\n", few)
                == "The scrape is refused: of its 4 samples more than 2 are to be stored, which is "
                + "sample_limit")
        #expect(
            refusal("a 1\nb 2\nc 3\nd", few)
                == "The exposition cannot be read: line 4: the text ends in the middle of a line")
        let narrow = rules {
            $0.limits.labels = 2
            $0.limits.labelNameBytes = 4
            $0.limits.labelValueBytes = 5
        }
        #expect(
            refusal("ok{a=\"b\",c=\"d\"} 1\na{b=\"\",c=\"1\",d=\"2\",e=\"3\"} 1\n", narrow)
                == "The scrape is refused: line 2: a has 3 labels, and label_limit is 2")
        #expect(
            refusal("a{names=\"x\"} 1\n", narrow)
                == "The scrape is refused: line 1: a has a label whose name has 5 bytes"
                + ", and label_name_length_limit is 4")
        #expect(
            refusal("a{b=\"123456\"} 1\n", narrow)
                == "The scrape is refused: line 1: a has a label b whose value has 6 bytes"
                + ", and label_value_length_limit is 5")
    }

    @Test func `ever new labels meet the limit of an hour, and begin anew after it`() throws {
        var memory = ScrapeMemory(rules { $0.limits.series = 5 })
        _ = try read("a{id=\"1\"} 1\na{id=\"2\"} 1\n", &memory)
        _ = try read("a{id=\"2\"} 1\na{id=\"3\"} 1\n", &memory, uptime: .seconds(60))
        _ = try read("a{id=\"4\"} 1\na{id=\"5\"} 1\n", &memory, uptime: .seconds(120))
        #expect(
            throws: ScrapeRefusal.beyondLimit(
                "with it there are 6 different series within an hour, and series_limit is 5")
        ) { try read("a{id=\"6\"} 1\na{id=\"1\"} 1\n", &memory, uptime: .seconds(3599)) }
        _ = try read("a{id=\"1\"} 1\na{id=\"4\"} 1\n", &memory, uptime: .seconds(3599))
        let later = try read("a{id=\"6\"} 1\na{id=\"7\"} 1\n", &memory, uptime: .seconds(3600))
        #expect(later.samples.count == 2)
    }
}
