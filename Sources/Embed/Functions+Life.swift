public import COpsLoop
internal import Logging
internal import OpsCore

// The functions of opsloop.h, which says all about them; the compiler checks them against it.

/// The version of the library.
@c @implementation
public func opsloop_version() -> UnsafePointer<CChar>? { VersionText.pointer }

/// Checks a configuration and makes an instance of it.
@c @implementation
public func opsloop_create(
    _ configuration: UnsafePointer<CChar>?, _ out: UnsafeMutablePointer<OpaquePointer?>?,
    _ error: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    Boundary.report(error) {
        guard let out else { throw EmbedError.invalid("out is NULL") }
        out.pointee = nil
        guard let text = CText.string(configuration) else {
            throw EmbedError.invalid("the configuration is NULL or not UTF-8")
        }
        let instance = Instance(try HostConfiguration(parsing: text))
        out.pointee = OpaquePointer(Unmanaged.passRetained(instance).toOpaque())
    }
}

/// Gives the log to a function.
@c @implementation
public func opsloop_on_log(
    _ ops: OpaquePointer?, _ level: UnsafePointer<CChar>?, _ log: opsloop_log_fn?,
    _ user: UnsafeMutableRawPointer?
) -> CInt {
    Boundary.report {
        guard let level = CText.string(level).flatMap(Logger.Level.init(rawValue:)) else {
            throw EmbedError.invalid("there is no such level")
        }
        guard log != nil else { throw EmbedError.invalid("log is NULL") }
        try Boundary.instance(ops).log(to: HostLog(HostFunction(log, user), level: level))
    }
}

/// Takes a plugin of the host.
@c @implementation
public func opsloop_register_plugin(
    _ ops: OpaquePointer?, _ plugin: UnsafePointer<opsloop_plugin>?,
    _ error: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    Boundary.report(error) {
        try Boundary.instance(ops).register(HostPluginType(plugin))
    }
}

/// Starts everything.
@c @implementation
public func opsloop_start(
    _ ops: OpaquePointer?, _ error: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    Boundary.report(error) { try Boundary.instance(ops).start() }
}

/// Stops everything.
@c @implementation
public func opsloop_stop(_ ops: OpaquePointer?, _ deadline_ms: CInt) -> CInt {
    Boundary.report { try Boundary.instance(ops).stop(until: Boundary.deadline(deadline_ms)) }
}

/// Stops and frees an instance.
@c @implementation
public func opsloop_destroy(_ ops: OpaquePointer?) -> CInt {
    guard let ops else { return OPSLOOP_OK }
    return Boundary.report {
        try Boundary.instance(ops).end()
        Unmanaged<Instance>.fromOpaque(UnsafeRawPointer(ops)).release()
    }
}

/// Frees a text of the library.
@c @implementation
public func opsloop_free(_ text: UnsafeMutablePointer<CChar>?) { CText.release(text) }
