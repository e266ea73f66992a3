import Glibc

/// This machine, which the daemon on the other side of a Unix socket shares.
struct Machine: Equatable {
    var name: String
    var uptimeMs: Int
    var processors: Int

    static func this() -> Machine {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        return Machine(
            name: String(
                decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self),
            uptimeMs: Clock.machineUptime(), processors: Int(sysconf(CInt(_SC_NPROCESSORS_ONLN))))
    }
}
