import Foundation
import OpsJSONRPC
import Testing

@testable import OpsMonitoring

/// What Debian's icinga2 and nagios4 made of the same results; `scripts/state-vectors` recorded it.
@Suite struct StateVectorTests {
    struct Recording: Decodable {
        var program: String
        var version: String
        var sequences: [Vector]
    }

    struct Vector: Decodable {
        var what: String
        var maxAttempts: Int
        var volatile: Bool
        var results: String
        var hosts: String?
        var states: String
        var types: String
        var attempts: [Int]
        var notified: String
        var flapping: String
        var percent: [Double]

        enum CodingKeys: String, CodingKey {
            case what, volatile, results, hosts, states, types, attempts, notified, flapping
            case percent
            case maxAttempts = "max_attempts"
        }

        /// How many results came before the first at which the program saw flapping.
        var calmSteps: Int { flapping.prefix { $0 == "." }.count }
        func isHostDown(_ step: Int) -> Bool { hosts.map { Array($0)[step] == "d" } ?? false }
    }

    static func recording(_ program: String) throws -> Recording {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("StateVectors/\(program).json")
        return try JSON.parse(Array(Data(contentsOf: file))).decode()
    }

    /// Replays a sequence; Icinga 2's objects begin as unknown, which our pending is not.
    static func replay(
        _ vector: Vector, by rules: StateRules, from start: CheckStatus
    ) -> [AnnouncementRules.Outcome] {
        var status = start
        return vector.results.enumerated().map { step, letter in
            let isDown = vector.isHostDown(step)
            let change = CheckRules.transition(
                from: status, on: CheckRulesTests.state(letter),
                at: Instant(milliseconds: Int64(step)), by: rules, isHostDown: isDown)
            let outcome = AnnouncementRules.outcome(
                of: change.status, before: status.hardState, isRepeated: change.isRepeated,
                suppressions: isDown ? [.unreachable] : [])
            status = outcome.status
            return outcome
        }
    }

    private static func rules(
        _ dialect: StateRules.Dialect, _ algorithm: FlapRules.Algorithm, _ vector: Vector
    ) -> StateRules {
        StateRules(
            dialect: dialect, maxAttempts: vector.maxAttempts, isVolatile: vector.volatile,
            flapping: FlapRules(algorithm))
    }

    private static func states(_ outcomes: [AnnouncementRules.Outcome]) -> String {
        String(outcomes.compactMap { $0.status.state.rawValue.first })
    }

    private static func types(_ outcomes: [AnnouncementRules.Outcome]) -> String {
        String(outcomes.compactMap { $0.status.stateType.rawValue.first })
    }

    private static func flapping(_ outcomes: [AnnouncementRules.Outcome]) -> String {
        String(outcomes.map { $0.status.isFlapping ? "f" : "." })
    }

    /// Announcements as the vectors spell them: a problem, a recovery, or none.
    private static func announced(_ outcomes: [AnnouncementRules.Outcome]) -> String {
        String(
            outcomes.map { outcome in
                guard let change = outcome.change, change.isAnnounced else { return "." }
                return change.state == .ok ? "R" : "P"
            })
    }

    private static let icingaStart = CheckStatus(state: .unknown)

    @Test func `States, attempts and flapping are those of icinga2, bit for bit`() throws {
        let recording = try Self.recording("icinga2")
        #expect(recording.program == "icinga2" && recording.sequences.count >= 300)
        for vector in recording.sequences {
            let outcomes = Self.replay(
                vector, by: Self.rules(.icinga, .icinga, vector), from: Self.icingaStart)
            #expect(Self.states(outcomes) == vector.states, "\(vector.what)")
            #expect(Self.types(outcomes) == vector.types, "\(vector.what)")
            #expect(outcomes.map(\.status.attempt) == vector.attempts, "\(vector.what)")
            #expect(Self.flapping(outcomes) == vector.flapping, "\(vector.what)")
            #expect(
                outcomes.map { $0.status.flap?.percent } == vector.percent, "\(vector.what)")
        }
    }

    @Test func `States, attempts and flapping are those of nagios4, bit for bit`() throws {
        let recording = try Self.recording("nagios4")
        #expect(recording.program == "nagios4" && recording.sequences.count >= 300)
        for vector in recording.sequences {
            let outcomes = Self.replay(
                vector, by: Self.rules(.nagios, .nagios, vector), from: CheckStatus())
            #expect(Self.states(outcomes) == vector.states, "\(vector.what)")
            #expect(Self.types(outcomes) == vector.types, "\(vector.what)")
            #expect(outcomes.map(\.status.attempt) == vector.attempts, "\(vector.what)")
            #expect(Self.flapping(outcomes) == vector.flapping, "\(vector.what)")
            // Nagios prints two digits.
            let printed = outcomes.map { String(format: "%.2f", $0.status.flap?.percent ?? -1) }
            #expect(
                printed == vector.percent.map { String(format: "%.2f", $0) }, "\(vector.what)")
        }
    }

    @Test func `As long as nothing flaps, people are told what icinga2 tells them`() throws {
        for vector in try Self.recording("icinga2").sequences where !vector.volatile {
            let outcomes = Self.replay(
                vector, by: Self.rules(.icinga, .icinga, vector), from: Self.icingaStart)
            let calm = vector.calmSteps
            #expect(
                Self.announced(outcomes).prefix(calm) == vector.notified.prefix(calm),
                "\(vector.what)")
        }
    }

    @Test func `A volatile problem is said as often as by icinga2 and nagios4`() throws {
        for (program, start) in [("icinga2", Self.icingaStart), ("nagios4", CheckStatus())] {
            let recording = try Self.recording(program)
            for vector in recording.sequences where vector.volatile && vector.hosts == nil {
                let outcomes = Self.replay(
                    vector,
                    by: program == "icinga2"
                        ? Self.rules(.icinga, .icinga, vector)
                        : Self.rules(.nagios, .nagios, vector), from: start)
                let calm = vector.calmSteps
                // Icinga 2 tells of recoveries of volatile checks whose problem it never told.
                let problems = { (text: String) in
                    text.prefix(calm).map { $0 == "P" ? "P" : "." }.joined()
                }
                #expect(
                    problems(Self.announced(outcomes)) == problems(vector.notified),
                    "\(program): \(vector.what)")
            }
        }
    }

    @Test func `As long as nothing flaps, people are told what nagios4 tells them`() throws {
        for vector in try Self.recording("nagios4").sequences
        where !vector.volatile && vector.hosts == nil {
            let outcomes = Self.replay(
                vector, by: Self.rules(.nagios, .nagios, vector), from: CheckStatus())
            let calm = vector.calmSteps
            #expect(
                Self.announced(outcomes).prefix(calm) == vector.notified.prefix(calm),
                "\(vector.what)")
        }
    }

    @Test func `While a check flaps nobody is told, and afterwards what is true then`() throws {
        for (program, start) in [("icinga2", Self.icingaStart), ("nagios4", CheckStatus())] {
            for vector in try Self.recording(program).sequences where vector.hosts == nil {
                let rules =
                    program == "icinga2"
                    ? Self.rules(.icinga, .icinga, vector) : Self.rules(.nagios, .nagios, vector)
                let outcomes = Self.replay(vector, by: rules, from: start)
                for outcome in outcomes where outcome.status.isFlapping {
                    #expect(outcome.change?.isAnnounced != true, "\(program): \(vector.what)")
                }
                for outcome in outcomes
                where !outcome.status.isFlapping && outcome.status.hardState != .pending {
                    let status = outcome.status
                    #expect(status.announcedState == status.hardState, "\(vector.what)")
                }
            }
        }
    }
}
