import OpsCore

@testable import OpsMonitoring

/// A loop with everything that probes need, for the length of one test.
func withProbeTools<Result>(
    time: any TimeSource = SystemTime(), root: String = "/",
    _ body: (ProbeTools) async throws -> Result
) async throws -> Result {
    let loop = try EventLoop(name: "probe-test")
    try loop.start()
    let tools = ProbeTools(loop: loop, time: time, root: root)
    func tidyUp() async {
        await tools.close()
        await loop.stop()
    }
    do {
        let result = try await body(tools)
        await tidyUp()
        return result
    } catch {
        await tidyUp()
        throw error
    }
}
