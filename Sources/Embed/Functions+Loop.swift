internal import COpsLoop

// The functions of opsloop.h, which says all about them; the compiler checks them against it.

/// Gives the loop a thread.
@c @implementation
public func opsloop_run(
    _ ops: OpaquePointer?, _ error: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    Boundary.report(error) { try Boundary.instance(ops).run() }
}

/// The descriptor that the host watches.
@c @implementation
public func opsloop_fd(_ ops: OpaquePointer?) -> CInt {
    Boundary.answer { try Boundary.instance(ops).descriptor() }
}

/// Runs what is ready.
@c @implementation
public func opsloop_step(_ ops: OpaquePointer?, _ timeout_ms: CInt) -> CInt {
    Boundary.answer {
        try Boundary.instance(ops).step(timeoutMs: Int(timeout_ms)) ? 1 : 0
    }
}

/// Ends the wait of a step.
@c @implementation
public func opsloop_wakeup(_ ops: OpaquePointer?) -> CInt {
    Boundary.report { try Boundary.instance(ops).wakeUp() }
}
