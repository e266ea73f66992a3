import OpsJSONRPC
import Testing

struct JSONNumberTests {
    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("1.0", 1), ("1e2", 100), ("1.5e1", 15), ("100e-2", 1),
            ("-12.30e1", -123),
            ("0e99999999999999999999", 0), ("0.000", 0), ("9223372036854775807", .max),
            ("-9223372036854775808", .min), ("9.223372036854775807e18", .max), ("1E+0", 1),
        ] as [(String, Int)])
    func `an integral number has its exact value`(text: String, value: Int) {
        #expect(JSON.Number(text: text)?.int == value)
    }

    @Test(arguments: [
        "1.5", "1e-1", "9223372036854775808", "-9223372036854775809", "1e19", "1e400",
        "1e99999999999999999999", "1e-99999999999999999999", "0.1", "12345678901234567890123",
    ])
    func `a fraction or a number out of range has no integer value`(text: String) throws {
        #expect(try #require(JSON.Number(text: text)).int == nil)
    }

    @Test func `an unsigned number has no negative value`() {
        #expect(JSON.Number(text: "-1e0")?.exactly(UInt.self) == nil)
        #expect(JSON.Number(text: "1844674407370955161.5e1")?.exactly(UInt64.self) == .max)
        #expect(JSON.Number(text: "-0.0")?.exactly(UInt.self) == 0)
        #expect(JSON.Number(text: "2550e-1")?.exactly(UInt8.self) == 255)
        #expect(JSON.Number(text: "256.0")?.exactly(UInt8.self) == nil)
    }

    @Test func `a double is written as the shortest text that reads back`() {
        #expect(JSON.Number(1.0).text == "1")
        #expect(JSON.Number(0.1).text == "0.1")
        #expect(JSON.Number(-0.0).text == "-0")
        for value in [1e-300, Double.leastNonzeroMagnitude, 1.797e308, 123456789.125, 1e16, 1e17] {
            #expect(JSON.Number(text: JSON.Number(value).text)?.double == value)
        }
    }

    @Test func `a number beyond the range of a double is infinite`() {
        #expect(JSON.Number(text: "1e400")?.double == .infinity)
        #expect(JSON.Number(text: "-1e400")?.double == -.infinity)
        #expect(JSON.Number(text: "1e-400")?.double == 0)
    }

    @Test(arguments: ["", "01", "1 ", " 1", "+1", "0x1", "inf", "nan", "1.e1", "1_000"])
    func `a text that is no number makes none`(text: String) {
        #expect(JSON.Number(text: text) == nil)
    }
}
