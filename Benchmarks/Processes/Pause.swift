import Glibc

/// Lets time pass, as measurements over time must.
enum Pause {
    static func seconds(_ seconds: Double) { usleep(useconds_t(seconds * 1e6)) }
}
