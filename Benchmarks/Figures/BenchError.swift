import Glibc

/// Why a figure could not be measured.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// A call to the system that failed.
    init(_ action: String, errno code: CInt) {
        description = "Cannot \(action): \(String(cString: strerror(code)))."
    }
}
