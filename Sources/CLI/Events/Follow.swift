import OpsJSONRPC

/// Prints events as they come; after a lost connection it goes on where it was.
struct Follow {
    let session: Session
    let params: JSON.Object
    let line: EventLine

    private static let retryMs = 1000

    func run(_ out: Stream) throws {
        var reader = EventReader(params: params)
        try subscribe(&reader)
        while !reader.isDone {
            do {
                let (method, params) = try session.connected().nextNotification()
                if let event = reader.take(method, params) { out.write(line.text(event)) }
                if reader.isCutOff { try subscribe(&reader) }
            } catch let failure as Failure where failure.exit == .unreachable {
                say("connection lost; trying again")
                guard reconnect(&reader) else { throw failure }
            }
        }
    }

    private func subscribe(_ reader: inout EventReader) throws {
        let answer = try session.connected().call("event.subscribe", reader.subscription)
        reader.subscribed(answer)
    }

    /// Tries until the daemon is back; false when nobody wants to wait any longer.
    private func reconnect(_ reader: inout EventReader) -> Bool {
        while session.surroundings.rest(Self.retryMs) {
            session.disconnect()
            // Failing is what happens until the daemon is back.
            if (try? subscribe(&reader)) != nil { return true }
        }
        return false
    }

    private func say(_ text: String) {
        if !session.settings.quiet { session.err.line(text) }
    }
}
