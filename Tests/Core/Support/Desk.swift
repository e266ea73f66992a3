import OpsJSONRPC

@testable import OpsCore

/// A dispatcher with the ``Trial`` methods, fed with text as a connection would be.
final class Desk: Sendable {
    let loop: EventLoop
    let registry = MethodRegistry()
    let dispatcher: Dispatcher
    let log = Journal<String>()
    /// Every line that was answered, and every remark of ``Trial/Follow``, in order.
    let lines = Journal<String>()
    /// Lets ``Trial/Held`` answer.
    let hold = Promise<Void>()
    let caller = Caller(principal: Principal("uid:7"), session: nil)

    init(on loop: EventLoop, maxBatchReplyBytes: Int = 16 << 20) throws {
        self.loop = loop
        dispatcher = Dispatcher(
            registry: registry, loop: loop, logger: LogJournal.logger(log),
            maxBatchReplyBytes: maxBatchReplyBytes)
        try registry.declare(Trial.declarations, owner: Trial.owner)
        bind(MethodRegistrar(registry: registry, owner: Trial.owner))
    }

    static func run(
        maxBatchReplyBytes: Int = 16 << 20, _ body: (Desk) async throws -> Void
    ) async throws {
        try await withLoop { loop in
            try await body(Desk(on: loop, maxBatchReplyBytes: maxBatchReplyBytes))
        }
    }

    private func bind(_ methods: MethodRegistrar) {
        methods.answer(Trial.Echo.self) { [loop] _, params in
            loop.preconditionOnLoop()
            return Trial.Answer(text: String(repeating: params.text, count: params.times))
        }
        methods.handle(Trial.Later.self) { [loop] _, params in
            loop.preconditionOnLoop()
            await Task.yield()
            loop.preconditionOnLoop()
            return Trial.Answer(text: String(repeating: params.text, count: params.times))
        }
        methods.handle(Trial.Held.self) { [hold] _, _ in
            await hold.value
            return Done()
        }
        methods.answer(Trial.Fail.self) { _, params in try Self.fail(params.how) }
        methods.handle(Trial.FailLater.self) { _, params in
            await Task.yield()
            return try Self.fail(params.how)
        }
        methods.handle(Trial.Follow.self) { [lines] call, _ in
            call.afterReply { lines.add("after the reply") }
            return Done()
        }
    }

    private static func fail(_ how: Trial.Failure) throws -> Trial.Number {
        switch how {
        case .rpc: throw RPCError.conflict("The record is busy.", hint: "Come back later.")
        case .store: throw StoreError(.full, "no space", path: "/secret/place")
        case .crash: throw Refusal()
        case .cancelled: throw CancellationError()
        case .unwritable: return Trial.Number(value: .infinity)
        }
    }

    // MARK: - Talking

    /// Hands a frame to the dispatcher, as a connection does on the loop.
    func send(_ text: String) async throws {
        try await loop.perform { [self] in
            let message = Array(text.utf8).withUnsafeBufferPointer {
                MessageParser.parse($0, MessageLimits())
            }
            var out: [UInt8] = []
            dispatcher.answer(message, from: caller, into: &out) { [lines] line in
                lines.add(String(decoding: line, as: UTF8.self))
            }
            if !out.isEmpty { lines.add(String(decoding: out, as: UTF8.self)) }
        }
    }

    /// Returns once every call is answered and every notification is carried out.
    func settle() async throws {
        while try await loop.perform({ [caller] in caller.pendingCalls }) > 0 { await Task.yield() }
    }

    /// The answers to a frame, read back.
    func ask(_ text: String) async throws -> [JSON] {
        let before = lines.entries.count
        try await send(text)
        try await settle()
        return try lines.entries.dropFirst(before).map { try JSON.parse($0) }
    }
}
