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
    @Param("How many values the run has, each with a label that it never had.", .range(0...10_000))
    var values: Int = 0
    @Param("A secret member.", .secret)
    var password: String?

    func validate() throws(RPCError) {
        guard stage != "forbidden" else { throw .badMember("stage", "is forbidden") }
    }

    func makeProbe(_ tools: ProbeTools) throws -> any Probe {
        ScriptedProbe(stage: stage, values: values)
    }
}

struct ScriptedProbe: Probe {
    let stage: String
    var values = 0

    func run(timeout: Duration) async -> CheckResult {
        guard let stage = Stage.named(stage) else {
            return CheckResult(state: .unknown, output: "there is no stage \(stage)")
        }
        let state = await stage.run()
        let runs = stage.runs
        let values = (0..<values).map { Measurement(label: "value \(runs) \($0)", value: 1) }
        return CheckResult(
            state: state, output: "run \(runs) is \(state.rawValue)",
            measurements: [Measurement(label: "runs", value: Double(runs), unit: "c")] + values,
            metrics: [Metric("scripted_loudness", ["stage": stage.name], 11)],
            duration: .milliseconds(25))
    }
}
