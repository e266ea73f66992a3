import Logging
import OpsJSONRPC

@testable import OpsCore

/// Has something to say about other plugins' records, well or badly, as its settings want.
actor NarratorPlugin: Plugin, Contributes {
    enum Way: String, Codable, CaseIterable, Sendable {
        case tells, fails, hangs, strays, rambles
        case failsInStart = "fails_in_start"
    }

    struct Settings: Declared {
        @Param("How it behaves.") var way: Way = .tells
    }

    /// Asks the others on behalf of its caller.
    struct Gather: Method {
        static let name = "narrator.gather"
        static let summary = "Asks the others."
        static let effect = Effect.read
        @Param("About what.") var refs: [Ref]
        typealias Result = Contributions
    }

    static let manifest = Manifest(
        name: "narrator", version: "1.0", summary: "An animal of the zoo.",
        methods: [MethodDeclaration(Gather.self)],
        contributions: [
            ContributionDeclaration(
                "story", "What happened.", about: ["ci"], seenLike: Gather.name)
        ])

    private let context: PluginContext
    private let way: Way

    init(_ context: PluginContext, settings: Settings) throws {
        self.context = context
        way = settings.way
        context.methods.handle(Gather.self) { call, params in
            await context.contributions(to: params.refs, for: call)
        }
    }

    func start() async throws {
        if way == .failsInStart { throw Refusal() }
    }

    func stop() async {}

    func contributions(_ question: ContributionQuestion) async throws -> [Contribution] {
        context.logger.info("asked about \(question.subjects.map(\.description))")
        let told = question.subjects.map {
            Contribution(
                to: $0, "story", title: "Once upon a time", lines: [.init("there was \($0)")])
        }
        switch way {
        case .tells: return told
        case .fails, .failsInStart: throw Refusal()
        case .hangs:
            await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
            return told
        case .strays:
            return told + [
                Contribution(to: Ref("ci", 99), "story", title: "of somebody else"),
                Contribution(to: question.subjects[0], "gossip", title: "undeclared"),
            ]
        case .rambles:
            let lines = (1...150).map { Contribution.Line("\($0)") }
            return (1...200).map { _ in
                Contribution(to: question.subjects[0], "story", title: "and", lines: lines, more: 5)
            }
        }
    }
}

/// Declares what it does not contribute.
enum Braggart: IdleSpecies {
    static let manifest = Manifest(
        name: "braggart", version: "1.0", summary: "An animal of the zoo.",
        contributions: [
            ContributionDeclaration("deeds", "All of them.", about: ["ci"], seenLike: "x.y")
        ])
}
