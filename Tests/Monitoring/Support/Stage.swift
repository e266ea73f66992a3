import OpsCore

@testable import OpsMonitoring

/// What a scripted check plays: one letter a run (o, w, c, u), the last one again and again; `h`
/// hangs until it is released or cancelled.
final class Stage: Sendable {
    private struct State {
        var script: [Character]
        var runs = 0
        var playing = 0
        var mostPlaying = 0
        var hanging: [CheckedContinuation<CheckState, Never>] = []
        var awaited: [(runs: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private static let stages = Guarded<[String: Stage]>([:])
    private let state: Guarded<State>
    let name: String

    init(_ name: String, _ script: String) {
        self.name = name
        state = Guarded(State(script: Array(script)))
        Self.stages.withLock { $0[name] = self }
    }

    static func named(_ name: String) -> Stage? { stages.withLock { $0[name] } }

    /// How often it was played.
    var runs: Int { state.withLock { $0.runs } }
    /// How many runs there were at the same time, at most.
    var mostPlaying: Int { state.withLock { $0.mostPlaying } }

    func play(_ script: String) { state.withLock { $0.script = Array(script) } }

    /// Returns once so many runs have begun.
    func began(_ runs: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                guard state.runs < runs else { return true }
                state.awaited.append((runs, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    /// Lets the runs that hang end.
    func release(_ result: CheckState) {
        let hanging = state.withLock { state in
            defer { state.hanging = [] }
            return state.hanging
        }
        for run in hanging { run.resume(returning: result) }
    }

    func run() async -> CheckState {
        let letter = nextLetter()
        defer { state.withLock { $0.playing -= 1 } }
        guard letter == "h" else {
            begin(nil)
            return CheckRulesTests.state(letter)
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                begin(continuation)
                if Task.isCancelled { release(.unknown) }
            }
        } onCancel: {
            release(.unknown)
        }
    }

    private func nextLetter() -> Character {
        state.withLock { state in
            let letter = state.script.first ?? "o"
            if state.script.count > 1 { state.script.removeFirst() }
            return letter
        }
    }

    /// Counts a run; one that hangs can be released from then on.
    private func begin(_ hanging: CheckedContinuation<CheckState, Never>?) {
        let arrived = state.withLock { state in
            state.runs += 1
            state.playing += 1
            state.mostPlaying = max(state.mostPlaying, state.playing)
            if let hanging { state.hanging.append(hanging) }
            defer { state.awaited.removeAll { $0.runs <= state.runs } }
            return state.awaited.filter { $0.runs <= state.runs }.map(\.continuation)
        }
        for waiter in arrived { waiter.resume() }
    }
}
