internal import Logging
internal import OpsCore
internal import OpsJSONRPC

/// What the host wants to follow: the parameters of `event.subscribe`.
private struct HostSubscription: Declared {
    @Param("Topics or patterns such as check.*") var topics: [String] = ["*"]
    @Param("Send everything from this sequence number on first.", .present(.atLeast(0)))
    var fromSeq: Int64?
}

/// What the host announces.
private struct HostEvent: Declared {
    @Param("The topic.") var topic: String
    @Param("The record that it happened to.") var ref: Ref?
    @Param("What listeners need to know.") var data: JSON = [:]
}

extension Instance {
    // MARK: - Events

    /// Calls the host's function with events, and a last time with NULL.
    func subscribe(
        _ params: JSON?, _ function: HostFunction
    ) throws -> UInt64 {
        let wanted = try FieldSet(HostSubscription.self).decode(params)
        let engine = try running()
        let events = try engine.platform.follow(wanted.topics, from: wanted.fromSeq)
        let number = engine.subscriptions.add { number in
            Task(executorPreference: engine.platform.loop) { [callbacks] in
                do {
                    for try await event in events {
                        let text = Array(try JSON(encoding: event).text.utf8)
                        callbacks.call(function, text)
                    }
                } catch {
                    engine.logger.error(
                        "a subscription has ended early", metadata: ["error": "\(error)"])
                }
                engine.subscriptions.remove(number)
                callbacks.call(function, [])
            }
        }
        // Another thread has begun to stop meanwhile.
        guard let number else { throw EmbedError.state("stopped") }
        return number
    }

    func unsubscribe(_ number: UInt64) throws(EmbedError) {
        guard try running().subscriptions.cancel(number) else {
            throw .invalid("there is no subscription \(number)")
        }
    }

    /// Announces an event of one of the host's plugins.
    func emit(_ event: JSON, _ done: HostFunction) throws {
        let event = try FieldSet(HostEvent.self).decode(event)
        guard let plugin = announcer(of: event.topic) else {
            throw EmbedError(RPCError.badField("topic", "is announced by no registered plugin"))
        }
        let engine = try running()
        let reply = Unanswered.Reply(
            refusal: { Self.failure(Engine.stopped) },
            give: { [callbacks] in callbacks.call(done, $0) })
        guard let number = engine.unanswered.add(reply) else { throw EmbedError.state("stopped") }
        Task(executorPreference: engine.platform.loop) {
            let answer = await Self.write(event, by: plugin, engine.platform)
            engine.platform.loop.execute { engine.unanswered.answer(number, answer) }
        }
    }

    private func announcer(of topic: String) -> String? {
        let plugins = state.withLock { $0.plugins }
        return plugins.first { $0.manifest.events.contains { $0.topic == topic } }?.manifest.name
    }

    private static func write(
        _ event: HostEvent, by plugin: String, _ platform: Platform
    ) async -> [UInt8] {
        do {
            let seq = try await platform.store.write(
                as: .plugin(plugin), reason: "event \(event.topic)"
            ) { try $0.announce(event.topic, event.ref, event.data) }
            return Array(JSON.object(["seq": .number(JSON.Number(seq))]).text.utf8)
        } catch {
            return failure((error as? any WireRepresentable)?.rpcError ?? .internalError())
        }
    }

    private static func failure(_ error: RPCError) -> [UInt8] {
        Array(JSON.object(["error": error.json]).text.utf8)
    }
}
