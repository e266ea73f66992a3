internal import Glibc

/// Why HTTP can't be served.
public struct WebError: Error, CustomStringConvertible {
    /// The sentence for the operator.
    public let description: String

    init(_ description: String) { self.description = description }

    init(listening address: ListenAddress, _ code: CInt) {
        description = "can't listen on \(address): \(String(cString: strerror(code)))"
    }
}
