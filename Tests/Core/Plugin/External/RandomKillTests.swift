import Foundation
import Glibc
import OpsJSONRPC
import Testing

@testable import OpsCore

/// Kills a plugin again and again while many call it: every call has exactly one answer.
@Suite struct RandomKillTests {
    private typealias Fixture = ExternalFixture

    /// Twenty by default; as many as `OPSLOOP_KILLS` says.
    private static let kills =
        ProcessInfo.processInfo.environment["OPSLOOP_KILLS"].flatMap(Int.init) ?? 20

    private struct Count: Sendable {
        var answered = 0
        var wrong = 0
        var errors: [String: Int] = [:]
    }

    @Test func `every call is answered once, whenever the plugin dies`() async throws {
        let fixture = try Fixture()
        let entry = try Fixture.animal {
            $0.policy = try Fixture.policy([
                "restart": ["initial_ms": 1, "max_ms": 2, "max_in_window": 1_000_000]
            ])
        }
        let asked = Guarded(0)
        let count = Guarded(Count())
        let isOver = Guarded(false)
        try await fixture.run(entry) { platform in
            await withTaskGroup(of: Void.self) { group in
                for caller in 0..<16 {
                    group.addTask {
                        await Self.callOn(platform, caller, asked, count, until: isOver)
                    }
                }
                group.addTask {
                    await Self.killOn(platform, fixture, count)
                    isOver.withLock { $0 = true }
                }
            }
        }
        let total = count.withLock { $0 }
        #expect(total.wrong == 0)
        #expect(total.answered == asked.withLock { $0 })
        #expect(Set(total.errors.keys).isSubset(of: ["plugin_terminated", "plugin_unavailable"]))
        #expect(total.errors["plugin_terminated", default: 0] > 0)
    }

    private static func callOn(
        _ platform: Platform, _ caller: Int, _ asked: Guarded<Int>, _ count: Guarded<Count>,
        until isOver: Guarded<Bool>
    ) async {
        var number = 0
        while !isOver.withLock({ $0 }) {
            number += 1
            let params: JSON = ["caller": .number(.init(caller)), "n": .number(.init(number))]
            let method = number.isMultiple(of: 2) ? "cat.echo" : "cat.write"
            asked.withLock { $0 += 1 }
            do throws(RPCError) {
                let result = try await platform.call(method, params)
                count.withLock {
                    $0.answered += 1
                    if result != params { $0.wrong += 1 }
                }
            } catch {
                count.withLock {
                    $0.answered += 1
                    $0.errors[error.kind, default: 0] += 1
                }
            }
        }
    }

    /// Kills after a random number of further answers, so that it hits every stage of a life.
    private static func killOn(
        _ platform: Platform, _ fixture: ExternalFixture, _ count: Guarded<Count>
    ) async {
        var random = SeriesRandom(seed: 1812)
        for _ in 0..<kills {
            let target = count.withLock { $0.answered } + Int(random.next() % 60)
            while count.withLock({ $0.answered }) < target { await Task.yield() }
            var pid: pid_t = 0
            while pid == 0 { pid = (try? await platform.pid()) ?? 0 }
            kill(pid, SIGKILL)
            while (try? await platform.pid()) == pid { await Task.yield() }
        }
    }
}
