import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct RestartBudgetTests {
    private func budget(_ members: JSON.Object = [:]) throws -> RestartBudget {
        RestartBudget(try FieldSet(RestartPolicy.self).decode(members))
    }

    @Test func `pauses grow up to the longest, each a share of its own`() throws {
        var budget = try budget(["initial_ms": 100, "max_ms": 500, "jitter": 0])
        let pauses = (0..<5).map { _ in budget.pause(at: .zero, ranFor: nil, random: 0) }
        #expect(pauses == [100, 200, 400, 500, 500].map { Duration.milliseconds($0) })
        var random = try self.budget(["initial_ms": 100])
        #expect(random.pause(at: .zero, ranFor: nil, random: 0) == .zero)
        #expect(random.pause(at: .zero, ranFor: nil, random: 0.5) == .milliseconds(100))
    }

    @Test func `a long run lets the pauses begin anew`() throws {
        var budget = try budget(["initial_ms": 100, "jitter": 0, "reset_after_ms": 1000])
        _ = budget.pause(at: .zero, ranFor: .milliseconds(999), random: 0)
        #expect(
            budget.pause(at: .zero, ranFor: .milliseconds(999), random: 0) == .milliseconds(200))
        #expect(budget.pause(at: .zero, ranFor: .seconds(1), random: 0) == .milliseconds(100))
    }

    @Test func `too many starts in the window are the end of it`() throws {
        var budget = try budget(["max_in_window": 2, "window_ms": 1000])
        budget.didStart(at: .zero)
        budget.didStart(at: .milliseconds(500))
        #expect(budget.pause(at: .milliseconds(900), ranFor: nil, random: 0) == nil)
        #expect(budget.pause(at: .milliseconds(1000), ranFor: nil, random: 0) != nil)
        budget.didStart(at: .milliseconds(1000))
        #expect(budget.pause(at: .milliseconds(1001), ranFor: nil, random: 0) == nil)
        budget.forget()
        #expect(budget.pause(at: .milliseconds(1001), ranFor: nil, random: 0) != nil)
    }
}
