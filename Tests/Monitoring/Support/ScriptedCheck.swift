import OpsCore
import OpsJSONRPC

@testable import OpsMonitoring

/// A type of check whose results the test decides.
struct ScriptedCheck: CheckKind {
    static let kind = "scripted"
    static let summary = "Plays what its stage says."

    static let independent: Set = ["volume"]

    @Param("The stage to play on.", .length(1...100))
    var stage: String
    @Param("A member with a default.", .range(1...10))
    var volume: Int = 5
    @Param("A secret member.", .secret)
    var password: String?

    func validate() throws(RPCError) {
        guard stage != "forbidden" else { throw .badMember("stage", "is forbidden") }
    }

    func makeProbe(_ tools: ProbeTools) throws -> any Probe { ScriptedProbe(stage: stage) }
}

struct ScriptedProbe: Probe {
    let stage: String

    func run(timeout: Duration) async -> CheckResult {
        guard let stage = Stage.named(stage) else {
            return CheckResult(state: .unknown, output: "there is no stage \(stage)")
        }
        let state = await stage.run()
        return CheckResult(
            state: state, output: "run \(stage.runs) is \(state.rawValue)",
            measurements: [Measurement(label: "runs", value: Double(stage.runs), unit: "c")],
            metrics: [Metric("scripted_loudness", ["stage": stage.name], 11)],
            duration: .milliseconds(25))
    }
}
