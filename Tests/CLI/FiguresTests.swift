import OpsJSONRPC
import Testing

@testable import opsloop

@Suite("Numbers and times for people")
struct FiguresTests {
    @Test func `sizes have a unit`() {
        #expect(Figures.bytes(0) == "0 B")
        #expect(Figures.bytes(1023) == "1023 B")
        #expect(Figures.bytes(1536) == "1.5 KiB")
        #expect(Figures.bytes(16.0 * 1024 * 1024 * 1024) == "16 GiB")
    }

    @Test func `numbers are short`() {
        #expect(Figures.short(0.0423) == "0.0423")
        #expect(Figures.short(-1.256) == "-1.26")
        #expect(Figures.short(1234) == "1234")
        #expect(Figures.short(12_345_678) == "12 M")
        #expect(Figures.fixed(0.005, 2) == "0.01")
        #expect(Figures.fixed(-0.001, 2) == "0.00")
        #expect(Figures.percent(0.0512) == "5.1%")
    }

    @Test func `units follow from the names of metrics`() {
        #expect(Figures.text(0.25, Figures.unit(ofMetric: "check_duration_seconds")) == "250ms")
        #expect(Figures.text(0.25, Figures.unit(ofMetric: "host_cpu_ratio")) == "25%")
        let rate = Figures.unit(ofMetric: "host_network_bytes_total", isRate: true)
        #expect(Figures.text(2048, rate) == "2 KiB/s")
    }

    @Test func `durations are exact or at a glance`() {
        #expect(TimeText.span(90_000) == "1m 30s")
        #expect(TimeText.span(1500) == "1.5s")
        #expect(TimeText.span(0) == "0ms")
        #expect(TimeText.span(-1500) == "-1.5s")
        #expect(TimeText.span(.min).hasPrefix("-106751991167d"))
        #expect(Figures.text(1e30, .seconds).hasSuffix(" s"))
        #expect(TimeText.glance(7_500_000) == "2h 5m")
        #expect(TimeText.glance(273_600_000) == "3d 4h")
    }

    @Test func `moments are told from now`() {
        let now = Fixture.now
        let ago = Instant(milliseconds: now.milliseconds - 180_000)
        #expect(TimeText.relative(ago, now: now) == "3m ago")
        #expect(TimeText.relative(now, now: ago) == "in 3m")
        #expect(TimeText.relative(now, now: now) == "now")
    }

    @Test(arguments: ["", "10", "s", "1.2.3s", "10 s", "5x", "-1h"])
    func `what is no duration is refused`(text: String) {
        #expect(TimeText.milliseconds(text) == nil)
    }

    @Test func `verbs have a past`() {
        let verbs = [
            "create", "delete", "pause", "apply", "submit", "run", "ack", "cancel", "reload",
        ]
        #expect(
            verbs.map(PastTense.of) == [
                "created", "deleted", "paused", "applied", "submitted", "ran", "acknowledged",
                "cancelled", "reloaded",
            ])
    }
}
