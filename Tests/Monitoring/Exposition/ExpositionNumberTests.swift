import Testing

@testable import OpsMonitoring

@Suite struct ExpositionNumberTests {
    private func parse(_ text: String) -> Double? {
        Array(text.utf8).withUnsafeBytes { ExpositionNumber.parse($0) }
    }

    @Test(arguments: [
        ("0", 0), ("-0", -0.0), ("+1", 1), ("1.", 1), (".5", 0.5), ("1e5", 1e5), ("1E+5", 1e5),
        ("1e-5", 1e-5), ("12.47", 12.47), ("1.458255915e9", 1.458255915e9),
        ("0.1", 0.1), ("1.7976931348623157e308", Double.greatestFiniteMagnitude),
        ("5e-324", Double.leastNonzeroMagnitude), ("1e-400", 0),
        ("9007199254740993", 9007199254740992),
        ("123456789012345678901234567890", 1.2345678901234568e29),
        ("0.000000000000000000000000000001", 1e-30), ("1e22", 1e22), ("1e23", 1e23),
        ("Inf", Double.infinity), ("+inf", .infinity), ("-INF", -.infinity),
        ("Infinity", .infinity), ("-infinity", -.infinity),
    ])
    func `a number is read to the last bit`(text: String, value: Double) {
        #expect(parse(text)?.bitPattern == value.bitPattern)
    }

    @Test(arguments: [
        "", "+", "-", ".", "e5", "1e", "1e+", "1e5.5", "1_000", "0x10", "0x1p3", "1,5", "1 ",
        "nanx",
        "+NaN", "-NaN", "in", "--1", "1.2.3", "1e999", "-1e999", "one", "١",
    ])
    func `what is no number, or too large, is refused`(text: String) {
        #expect(parse(text) == nil)
    }

    @Test(arguments: ["NaN", "nan", "NAN"])
    func `every NaN is the plain one, not the mark of a series' end`(text: String) {
        #expect(parse(text)?.bitPattern == 0x7FF8_0000_0000_0001)
    }

    @Test func `all numbers that Swift writes are read back to the bit`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let value = Double(bitPattern: generator.next())
            guard value.isFinite else { continue }
            #expect(parse("\(value)")?.bitPattern == value.bitPattern)
            let short = (value.significand * 1000).rounded() / 100
            #expect(parse("\(short)")?.bitPattern == short.bitPattern)
        }
    }
}
