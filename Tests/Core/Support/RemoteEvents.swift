import OpsJSONRPC

@testable import OpsCore

/// The event methods as a connection uses them.
final class RemoteEvents: Sendable {
    let station: BusStation
    let dispatcher: Dispatcher
    let session = FakeSession()
    let time = ManualTime()
    let caller: Caller
    private let lastID = Guarded(0)

    init(_ station: BusStation) throws {
        self.station = station
        let registry = MethodRegistry()
        try registry.declare(
            [
                MethodDeclaration(ReadEvents.self), MethodDeclaration(SubscribeToEvents.self),
                MethodDeclaration(UnsubscribeFromEvents.self),
            ], owner: CoreMethods.owner)
        EventHandlers(bus: station.bus, time: time, maxSubscriptions: 3).bind(
            MethodRegistrar(registry: registry, owner: CoreMethods.owner))
        dispatcher = Dispatcher(
            registry: registry, loop: station.loop, time: time,
            logger: LogJournal.logger(station.log))
        caller = Caller(principal: Principal("uid:7"), session: session)
    }

    static func run(_ body: (RemoteEvents) async throws -> Void) async throws {
        try await BusStation.run { try await body(RemoteEvents($0)) }
    }

    /// Calls a method over the connection; the answer stands among the notices as `answer`.
    func ask(_ method: String, _ params: JSON) async throws -> JSON {
        try await begin(method, params).answer.value
    }

    /// Calls a method without waiting for its answer.
    func begin(
        _ method: String, _ params: JSON
    ) async throws -> (id: RequestID, answer: Promise<JSON>) {
        let id = RequestID("\(lastID.withLock { $0 += 1; return $0 })")
        let answer = Promise<JSON>()
        try await station.loop.perform { [self] in
            let request = Request(id: id, method: method, params: params)
            var out: [UInt8] = []
            dispatcher.answer(.single(.request(request)), from: caller, into: &out) {
                [session] line in
                let json = (try? JSON.parse(line)) ?? .null
                session.notify("answer", json)
                answer.keep(json)
            }
        }
        return (id, answer)
    }

    /// Sends a notification.
    func notify(_ method: String, _ params: JSON) async throws {
        try await station.loop.perform { [self] in
            let request = Request(id: nil, method: method, params: params)
            var out: [UInt8] = []
            dispatcher.answer(.single(.request(request)), from: caller, into: &out) { _ in }
        }
    }

    /// Returns once so many wait for an event.
    func untilWaiting(_ count: Int = 1) async throws {
        while station.bus.subscriptionCount < count { try await station.loop.perform {} }
    }

    /// Subscribes and answers the subscription's name.
    func subscribe(_ params: JSON) async throws -> String {
        try await ask("event.subscribe", params)["result"]?["subscription"]?.string ?? ""
    }

    /// The sequence numbers of the events that the connection was sent.
    var sent: [Int] {
        session.notices.entries.filter { $0.method == "event.event" }
            .compactMap { $0.params["seq"]?.int }
    }
}
