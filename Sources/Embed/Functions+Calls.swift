public import COpsLoop
internal import OpsJSONRPC

// The functions of opsloop.h, which says all about them; the compiler checks them against it.

/// Carries out a message.
@c @implementation
public func opsloop_call(
    _ ops: OpaquePointer?, _ message: UnsafePointer<CChar>?, _ length: Int,
    _ reply: opsloop_reply_fn?, _ user: UnsafeMutableRawPointer?
) -> CInt {
    Boundary.report {
        try Boundary.instance(ops).call(
            Boundary.message(message, length), HostFunction(reply, user))
    }
}

/// Carries out a message and waits.
@c @implementation
public func opsloop_call_sync(
    _ ops: OpaquePointer?, _ message: UnsafePointer<CChar>?, _ length: Int,
    _ answer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    Boundary.report {
        answer?.pointee = nil
        let text = try Boundary.instance(ops).callAndWait(Boundary.message(message, length))
        if !text.isEmpty { answer?.pointee = CText.copy(text) }
    }
}

/// Answers a request.
@c @implementation
public func opsloop_reply(
    _ request: OpaquePointer?, _ code: CInt, _ json: UnsafePointer<CChar>?, _ length: Int
) -> CInt {
    guard let request else { return OPSLOOP_EINVAL }
    let open = Unmanaged<HostRequest>.fromOpaque(UnsafeRawPointer(request)).takeRetainedValue()
    return Boundary.report {
        do {
            open.give(try HostAnswer.read(code, json, length))
        } catch {
            open.give(.failure(RPCError.internalError()))
            throw error
        }
    }
}

/// Announces an event.
@c @implementation
public func opsloop_emit(
    _ ops: OpaquePointer?, _ event: UnsafePointer<CChar>?, _ length: Int, _ done: opsloop_reply_fn?,
    _ user: UnsafeMutableRawPointer?, _ error: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    Boundary.report(error) {
        try Boundary.instance(ops).emit(
            Boundary.json(event, length, "the event"), HostFunction(done, user))
    }
}

/// Follows events.
@c @implementation
public func opsloop_subscribe(
    _ ops: OpaquePointer?, _ params: UnsafePointer<CChar>?, _ event: opsloop_event_fn?,
    _ user: UnsafeMutableRawPointer?, _ subscription: UnsafeMutablePointer<UInt64>?,
    _ error: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    Boundary.report(error) {
        guard event != nil else { throw EmbedError.invalid("event is NULL") }
        let wanted = try params.map { text throws(EmbedError) in
            try Boundary.json(text, 0, "params")
        }
        let number = try Boundary.instance(ops).subscribe(wanted, HostFunction(event, user))
        subscription?.pointee = number
    }
}

/// Ends a subscription.
@c @implementation
public func opsloop_unsubscribe(_ ops: OpaquePointer?, _ subscription: UInt64) -> CInt {
    Boundary.report { try Boundary.instance(ops).unsubscribe(subscription) }
}
