import Testing

@testable import OpsMonitoring

@Suite struct PerformanceDataTests {
    private func items(_ text: String) -> [Measurement] {
        PerformanceData(parsing: text).measurements
    }

    @Test func `a full item is read with its limits`() {
        #expect(
            items("load1=0.320;15.000;30.000;0;99") == [
                Measurement(
                    label: "load1", value: 0.32, warning: NagiosRange(end: 15),
                    critical: NagiosRange(end: 30), min: 0, max: 99)
            ])
    }

    @Test func `limits may be left out from the end, and in the middle`() {
        #expect(items("a=1") == [Measurement(label: "a", value: 1)])
        #expect(items("a=1;;;;") == [Measurement(label: "a", value: 1)])
        #expect(
            items("a=1;;5") == [Measurement(label: "a", value: 1, critical: NagiosRange(end: 5))])
        #expect(items("a=1;;;0") == [Measurement(label: "a", value: 1, min: 0)])
        #expect(items("a=1;;;;9;") == [Measurement(label: "a", value: 1, max: 9)])
    }

    @Test
    func `a quoted label may hold spaces, equals signs do not belong there, and '' is a quote`() {
        #expect(items("'disk C: used'=5")[0].label == "disk C: used")
        #expect(items("'it''s'=5")[0].label == "it's")
        #expect(items("'a=b'=5")[0].label == "a=b")
        #expect(items("/var/log=5")[0].label == "/var/log")
    }

    @Test func `U stands for a value that could not be determined`() {
        #expect(items("a=U;1;2") == [Measurement(label: "a", value: nil)])
        #expect(items("a=U b=1").count == 2)
    }

    @Test(
        "Units become base units, and so do the limits",
        arguments: [
            ("a=5ms;10;20;0;100", 0.005, "s", 0.1), ("a=5us;;;;100", 5e-6, "s", 1e-4),
            ("a=2h;;;;3", 7200, "s", 10_800), ("a=1KB;;;;2", 1000, "B", 2000),
            ("a=1KiB;;;;2", 1024, "B", 2048),
            ("a=3GiB;;;;3", 3 * 1_073_741_824.0, "B", 3 * 1_073_741_824.0),
            ("a=80%;90;95;0;100", 80, "%", 100), ("a=7c;;;;9", 7, "c", 9),
            ("a=2mA;;;;4", 0.002, "A", 0.004), ("a=1kWh;;;;2", 3.6e6, "Ws", 7.2e6),
            ("a=5EB;;;;6", 5e18, "B", 6e18), ("a=21.5C;;;;40", 21.5, "C", 40),
            ("a=1e3s;;;;2e3", 1000, "s", 2000), ("a=-1.5;;;;2", -1.5, "", 2),
        ] as [(String, Double, String, Double)])
    func units(text: String, value: Double, unit: String, max: Double) throws {
        let item = try #require(items(text).first)
        #expect(abs((item.value ?? .nan) - value) <= abs(value) * 1e-12)
        #expect(item.unit == unit)
        #expect(abs((item.max ?? .nan) - max) <= abs(max) * 1e-12)
    }

    @Test func `ranges are scaled with the value`() {
        let item = items("t=5ms;@10:20;~:30")[0]
        #expect(item.warning?.alerts(0.015) == true)
        #expect(item.critical?.alerts(0.031) == true)
        #expect(item.critical?.alerts(-5) == false)
    }

    @Test func `a unit that nobody knows is discarded, its value is not`() {
        #expect(items("a=5foo") == [Measurement(label: "a", value: 5)])
    }

    @Test func `a limit that repeats the unit is read, one that makes no sense is left out`() {
        #expect(items("a=50%;80%;90%")[0].warning == NagiosRange(end: 80))
        #expect(
            items("a=1;x;2") == [Measurement(label: "a", value: 1, critical: NagiosRange(end: 2))])
        #expect(items("a=1;20:10;2")[0].warning == nil)
    }

    @Test(
        "A malformed item is skipped and counted, its neighbours are read",
        arguments: [
            "a=1,5", "a=", "=5", "nonsense", "a=1.2.3", "a=--1", "a=.", "'open=5", "''=5",
            "a=1;2;3;4;5;6",
            "a=nan", "a=inf", "a=0x10", "a=1e999", "it's=4", "'x y'z=3",
        ])
    func malformed(item: String) {
        let data = PerformanceData(parsing: "x=1 \(item) y=2")
        #expect(data.measurements.map(\.label).first == "x")
        #expect(data.measurements.map(\.label).last == "y")
        #expect(data.measurements.count == 2)
        #expect(data.skipped >= 1)
    }

    @Test func `spaces of any kind and number separate items`() {
        #expect(items("  a=1\t b=2\n\nc=3  ").map(\.label) == ["a", "b", "c"])
        #expect(items("").isEmpty)
        #expect(items("   ").isEmpty)
    }

    @Test func `what check_disk and check_http of monitoring-plugins print is read whole`() {
        let disk = PerformanceData(
            parsing:
                "/=7138705408B;18146787328;19154941952;0;20163096576 /dev/shm=0B;;;0;25274793984")
        #expect(disk.skipped == 0)
        #expect(disk.measurements.map(\.unit) == ["B", "B"])
        let http = PerformanceData(parsing: "time=0.005318s;;;0.000000;10.000000 size=7883B;;;0")
        #expect(http.measurements[0].max == 10)
        #expect(http.measurements[1].min == 0)
    }
}
