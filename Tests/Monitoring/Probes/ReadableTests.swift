import Testing

@testable import OpsMonitoring

@Suite struct ReadableTests {
    @Test(arguments: [
        (0, "0 %"), (0.913, "91 %"), (0.99, "99 %"), (0.9961, "99.6 %"), (0.99999, "99.9 %"),
        (1, "100 %"),
    ])
    func `what is nearly full is not called full`(ratio: Double, words: String) {
        #expect(Readable.percent(ratio) == words)
    }

    @Test(arguments: [
        (0, "0 bytes"), (1, "1 byte"), (1023, "1023 bytes"), (1024, "1 KiB"), (1536, "1.5 KiB"),
        (104_857_600, "100 MiB"), (1_610_612_736, "1.5 GiB"),
    ])
    func `bytes are counted in powers of 1024`(count: Double, words: String) {
        #expect(Readable.bytes(count) == words)
    }

    @Test(arguments: [
        (-5, "0 seconds"), (1, "1 second"), (59, "59 seconds"), (60, "1 minute"), (7300, "2 hours"),
        (86_400, "1 day"), (1e8, "1157 days"),
    ])
    func `an age is told by its largest unit`(seconds: Double, words: String) {
        #expect(Readable.age(seconds: seconds) == words)
    }

    @Test func `a time too short to matter is told as such`() {
        #expect(Readable.milliseconds(0.0004) == "under 1 ms")
        #expect(Readable.milliseconds(1.2346) == "1235 ms")
    }
}
