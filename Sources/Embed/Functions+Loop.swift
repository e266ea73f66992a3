internal import COpsLoop

// The functions of opsloop.h, where they are documented; the compiler checks them against it.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

@c @implementation
public func opsloop_run(
    _ ops: OpaquePointer?, _ error: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    Boundary.report(error) { try Boundary.instance(ops).run() }
}

@c @implementation
public func opsloop_fd(_ ops: OpaquePointer?) -> CInt {
    Boundary.answer { try Boundary.instance(ops).descriptor() }
}

@c @implementation
public func opsloop_step(_ ops: OpaquePointer?, _ timeout_ms: CInt) -> CInt {
    Boundary.answer {
        try Boundary.instance(ops).step(timeoutMs: Int(timeout_ms)) ? 1 : 0
    }
}

@c @implementation
public func opsloop_wakeup(_ ops: OpaquePointer?) -> CInt {
    Boundary.report { try Boundary.instance(ops).wakeUp() }
}
