internal import OpsJSONRPC

/// The events of some topics, in order, at the pace of whoever reads them.
///
/// ```swift
/// for try await event in try platform.follow(["check.*"], from: lastSeen + 1) {
///     print(event.topic, event.data)
/// }
/// ```
///
/// The reader pulls: what it has not read yet stays in the log on the disk, and only a page of it is
/// in memory. A slow reader keeps nobody waiting and misses nothing, unless it is slower than the
/// retention of events. The sequence ends when the platform stops, or the reading task is cancelled.
/// Each iterator starts at the sequence's beginning.
public struct EventSequence: AsyncSequence, Sendable {
    let events: EventBus
    let waits: EventWaits
    let topics: [TopicPattern]
    let first: Int64

    /// Makes a reader.
    public func makeAsyncIterator() -> Iterator { Iterator(EventReader(self)) }

    /// Reads the events one by one.
    public struct Iterator: AsyncIteratorProtocol {
        private let reader: EventReader

        init(_ reader: EventReader) { self.reader = reader }

        /// Waits for the next event; nil when there won't be one.
        ///
        /// - Throws: ``StoreError`` when the log can't be read.
        public mutating func next() async throws -> Event? { try await reader.next() }
    }
}
