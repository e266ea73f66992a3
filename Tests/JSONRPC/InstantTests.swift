import OpsJSONRPC
import Testing

struct InstantTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00.000Z", 0), ("1969-12-31T23:59:59.999Z", -1),
            ("2000-02-29T12:00:00.000Z", 951_825_600_000),
            ("2026-11-21T01:12:45.123Z", 1_795_223_565_123),
            ("2038-01-19T03:14:07.000Z", 2_147_483_647_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
            ("0000-01-01T00:00:00.000Z", -62_167_219_200_000),
            ("1900-03-01T00:00:00.000Z", -2_203_891_200_000),
            ("2024-12-31T00:00:00.001Z", 1_735_603_200_001),
            ("1600-02-29T00:00:00.000Z", -11_670_998_400_000),
        ] as [(String, Int64)])
    func `known dates are read and written`(text: String, milliseconds: Int64) {
        #expect(Instant(text)?.milliseconds == milliseconds)
        #expect(Instant(milliseconds: milliseconds).description == text)
    }

    @Test(arguments: [
        ("2026-11-21T01:12:45Z", "2026-11-21T01:12:45.000Z"),
        ("2026-11-21t01:12:45z", "2026-11-21T01:12:45.000Z"),
        ("2026-11-21T01:12:45.1Z", "2026-11-21T01:12:45.100Z"),
        ("2026-11-21T01:12:45.12Z", "2026-11-21T01:12:45.120Z"),
        ("2026-11-21T01:12:45.123999999Z", "2026-11-21T01:12:45.123Z"),
        ("2026-11-21T01:12:45+02:00", "2026-11-20T23:12:45.000Z"),
        ("2026-12-31T23:12:45.5-05:30", "2027-01-01T04:42:45.500Z"),
        ("2026-11-21T01:12:45-00:00", "2026-11-21T01:12:45.000Z"),
    ])
    func `offsets and fractions are understood`(text: String, utc: String) {
        #expect(Instant(text)?.description == utc)
    }

    @Test(arguments: [
        "", "2026", "2026-11-21", "2026-11-21T01:12:45", "2026-11-21 01:12:45Z",
        "2026-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-04-31T00:00:00Z", "2026-01-32T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2016-12-31T23:59:60Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.1234567890Z",
        "2026-01-01T00:00:00+0100", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+01:60",
        "2026-1-01T00:00:00Z", "2026-01-01T00:00:00Zx", "+2026-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "2026-01-01T00:00:00 Z", "２026-01-01T00:00:00Z",
    ])
    func `what is no date is refused`(text: String) {
        #expect(Instant(text) == nil)
    }

    @Test(arguments: [1600, 1896, 1968, 1996, 2026, 2096, 9990])
    func `every day around leap years is written and read back`(year: Int) throws {
        let first = try #require(Instant("\(year)-01-01T00:00:12.345Z"))
        for day in 0..<3300 {
            let instant = first + .seconds(86_400 * day)
            #expect(Instant(instant.description) == instant)
        }
    }

    @Test func `arithmetic goes by durations and stays in range`() {
        let start = Instant(milliseconds: 1000)
        #expect(start + .seconds(2) == Instant(milliseconds: 3000))
        #expect(start - .milliseconds(1500) == Instant(milliseconds: -500))
        #expect(Instant(milliseconds: 3000) - start == .seconds(2))
        #expect(Instant(milliseconds: .max) - Instant(milliseconds: .min) > .zero)
        #expect(start < start + .milliseconds(1))
        #expect(start + .seconds(Int64.max) == Instant(milliseconds: .max))
        #expect(start - .seconds(Int64.max) == Instant(milliseconds: .min))
        #expect(Instant(milliseconds: .min) - .milliseconds(1) == Instant(milliseconds: .min))
    }

    @Test func `years that RFC 3339 cannot say carry a sign`() {
        #expect(
            Instant(milliseconds: 253_402_300_800_000).description == "+010000-01-01T00:00:00.000Z")
        #expect(
            Instant(milliseconds: -62_167_219_200_001).description == "-000001-12-31T23:59:59.999Z")
        #expect(Instant(milliseconds: .max).description == "+292278994-08-17T07:12:55.807Z")
        #expect(Instant(milliseconds: .min).description.hasPrefix("-292275055-"))
    }

    @Test func `an instant travels as its text`() throws {
        let instant = Instant(milliseconds: 1_795_223_565_123)
        #expect(try JSON(encoding: instant) == "2026-11-21T01:12:45.123Z")
        #expect(try JSON.string("2026-11-21T01:12:45.123Z").decode(Instant.self) == instant)
        #expect(throws: DecodingError.self) { try JSON.string("yesterday").decode(Instant.self) }
    }
}
