import Testing

@testable import OpsMonitoring

@Suite struct PluginOutputTests {
    @Test func `all three parts of performance data are joined, text stays text`() {
        let output = PluginOutput(
            parsing: """
                DISK OK - free space: / 3326 MB (56%); | /=2643MB;5948;5958;0;5968
                / 15272 MB (77%);
                /boot 68 MB (69%); | /boot=68MB;88;93;0;98
                /home=69357MB;253404;253409;0;253414
                /var/log=818MB;970;975;0;980
                """)
        #expect(output.line == "DISK OK - free space: / 3326 MB (56%);")
        #expect(output.long == "/ 15272 MB (77%);\n/boot 68 MB (69%);")
        #expect(
            output.performance.measurements.map(\.label) == ["/", "/boot", "/home", "/var/log"])
    }

    @Test func `one line without performance data is enough, and so is nothing`() {
        #expect(PluginOutput(parsing: "OK\n").line == "OK")
        #expect(PluginOutput(parsing: "").line == "")
        #expect(PluginOutput(parsing: "| a=1").performance.measurements.count == 1)
        #expect(PluginOutput(parsing: "OK\r\nmore\r\n").long == "more")
    }

    @Test func `bytes that are no UTF-8 are replaced and control characters dropped`() {
        let output = PluginOutput(parsing: [0x4F, 0x4B, 0xFF, 0x20, 0x1B, 0x5B, 0x6D, 0x00, 0x21])
        #expect(output.line == "OK\u{FFFD} [m!")
    }

    @Test func `what floods is cut`() {
        let output = PluginOutput(
            parsing: String(repeating: "x", count: 5000) + "\n"
                + String(repeating: "y\n", count: 50_000))
        #expect(output.line.count == PluginOutput.maxLine)
        #expect(output.line.hasSuffix("…"))
        #expect(output.long.count == PluginOutput.maxLong)
    }
}
