import OpsJSONRPC
import Testing

@testable import OpsCore

/// Following events from inside the process.
@Suite(.timeLimit(.minutes(1)))
struct FollowTests {
    private static func announce(_ platform: Platform, _ numbers: ClosedRange<Int>) async throws {
        for number in numbers {
            try await platform.store.write(as: .system, reason: "test") {
                _ = try $0.announce(
                    "test.\(number % 2 == 0 ? "even" : "odd")", nil, ["n": .number(.init(number))])
            }
        }
    }

    private static func numbers(
        _ events: EventSequence, _ count: Int
    ) async throws -> [Int] {
        var numbers: [Int] = []
        for try await event in events {
            numbers.append(event.data["n"]?.int ?? -1)
            if numbers.count == count { break }
        }
        return numbers
    }

    @Test func `the past comes first and the present follows without gap or duplicate`()
        async throws
    {
        try await PlatformFixture().run { platform in
            try await Self.announce(platform, 1...600)
            let events = try platform.follow(from: 1)
            async let read = Self.numbers(events, 900)
            try await Self.announce(platform, 601...900)
            #expect(try await read == Array(1...900))
        }
    }

    @Test func `without a sequence number only what comes is delivered`() async throws {
        try await PlatformFixture().run { platform in
            try await Self.announce(platform, 1...3)
            // What is asked for begins here, however late it is read.
            try await platform.loop.perform {}
            let events = try platform.follow(["test.odd"])
            try await Self.announce(platform, 4...9)
            #expect(try await Self.numbers(events, 3) == [5, 7, 9])
        }
    }

    @Test func `each event is handled before the next one comes, on the loop`() async throws {
        try await PlatformFixture().run { platform in
            let journal = Journal<String>()
            let (done, finish) = AsyncStream.makeStream(of: Void.self)
            let follower = try platform.follow(from: 1) { event in
                let number = event.data["n"]?.int ?? -1
                journal.add("begin \(number) \(platform.loop.isOnLoop)")
                await Task.yield()
                journal.add("end \(number)")
                if number == 3 { finish.finish() }
            }
            try await Self.announce(platform, 1...3)
            for await _ in done {}
            #expect(journal.entries == (1...3).flatMap { ["begin \($0) true", "end \($0)"] })
            follower.cancel()
            try await follower.end()
        }
    }

    @Test func `the sequence ends when the platform stops`() async throws {
        let fixture = try PlatformFixture()
        let platform = try await Platform.start(fixture.options([]))
        let events = try platform.follow()
        let reader = Task { try await Self.numbers(events, 1) }
        let follower = try platform.follow { _ in }
        await platform.stop()
        #expect(try await reader.value == [])
        try await follower.end()
        #expect(try await Self.numbers(try platform.follow(from: 1), 1) == [])
    }

    @Test func `the sequence ends when its reader is cancelled`() async throws {
        try await PlatformFixture().run { platform in
            let events = try platform.follow()
            let reader = Task { try await Self.numbers(events, 1) }
            reader.cancel()
            #expect(try await reader.value == [])
        }
    }

    @Test func `a topic that is none is refused by name`() async throws {
        try await PlatformFixture().run { platform in
            let error = #expect(throws: RPCError.self) { try platform.follow(["a.*", "b*"]) }
            #expect(error?.fields.first?.path == "topics[1]")
            #expect(throws: RPCError.self) { try platform.follow([]) }
        }
    }
}
