public import OpsJSONRPC

extension Platform {
    // MARK: - Following events

    /// Follows events of the given topics, such as `check.state_changed`, `check.*` or `*`.
    ///
    /// With a sequence number, everything from it on comes first; without one, only what is
    /// announced from now on.
    ///
    /// - Throws: ``OpsJSONRPC/RPCError`` that names the topic that is none.
    public func follow(
        _ topics: [String] = ["*"], from sequence: Int64? = nil
    ) throws(RPCError) -> EventSequence {
        EventSequence(
            events: events, waits: eventWaits, topics: try Self.patterns(topics),
            first: sequence ?? events.lastSequence + 1)
    }

    /// Calls `handle` on the loop with each event, as ``follow(_:from:)``.
    ///
    /// The next event comes when `handle` has returned. Meanwhile the events wait in the log on the
    /// disk, so a slow handler costs no memory and keeps nobody else waiting.
    ///
    /// - Returns: What ends it; it also ends when the platform stops.
    @discardableResult
    public func follow(
        _ topics: [String] = ["*"], from sequence: Int64? = nil,
        _ handle: @escaping @Sendable (Event) async -> Void
    ) throws(RPCError) -> EventFollower {
        let events = try follow(topics, from: sequence)
        return EventFollower(
            Task(executorPreference: loop) {
                for try await event in events { await handle(event) }
            })
    }

    private static func patterns(_ texts: [String]) throws(RPCError) -> [TopicPattern] {
        guard !texts.isEmpty else { throw .badField("topics", "must name at least one topic") }
        var patterns: [TopicPattern] = []
        for (index, text) in texts.enumerated() {
            guard let pattern = TopicPattern(text) else {
                throw .badField(
                    "topics[\(index)]", "must be a topic, a pattern such as check.*, or *")
            }
            patterns.append(pattern)
        }
        return patterns
    }
}
