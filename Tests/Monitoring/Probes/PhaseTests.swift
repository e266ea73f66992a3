import Testing

@testable import OpsMonitoring

@Suite struct PhaseTests {
    @Test func `parts follow one another, and one that was never over took the rest`() {
        func parts(_ ends: [(String, Double?)]) -> [String] {
            Phase.parts(ends, total: 4).map { "\($0.name) \($0.duration.seconds)" }
        }
        #expect(
            parts([("lookup", 1), ("connect", 3), ("answer", 4)]) == [
                "lookup 1.0", "connect 2.0", "answer 1.0",
            ])
        #expect(
            parts([("lookup", 1), ("connect", nil), ("answer", 4)]) == [
                "lookup 1.0", "connect 3.0",
            ])
        #expect(parts([("lookup", nil), ("connect", nil)]) == ["lookup 4.0"])
    }
}
