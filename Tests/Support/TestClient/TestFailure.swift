internal import Glibc

/// Why a test could not go on.
package struct TestFailure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }

    package init(_ action: String, _ code: CInt) {
        self.init("\(action): \(String(cString: strerror(code)))")
    }
}
