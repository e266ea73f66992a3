import Glibc

/// The words of the operating system for an error number.
enum SystemError {
    static func text(_ number: CInt) -> String {
        String(cString: strerror(number))
    }
}
