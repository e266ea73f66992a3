internal import Glibc

/// A POSIX extended regular expression (as `grep -E` takes it) that a body is held against.
///
/// The engine of the C library does not backtrack, except for back-references, which are refused
/// here; Swift's own may take for ever on a body that somebody else writes.
final class BodyPattern: @unchecked Sendable {
    // @unchecked Sendable: `compiled` is written in `init` only; POSIX lets threads share it.
    private let compiled: UnsafeMutablePointer<regex_t>

    /// A pattern that is none.
    struct SyntaxError: Error {
        /// The C library's words.
        let reason: String
    }

    /// Compiles the pattern; `^` and `$` stand for the ends of each line.
    init(_ pattern: String) throws(SyntaxError) {
        guard !Self.hasBackReference(pattern) else {
            throw SyntaxError(reason: "back-references are not supported")
        }
        let compiled = UnsafeMutablePointer<regex_t>.allocate(capacity: 1)
        compiled.initialize(to: regex_t())
        let code = regcomp(compiled, pattern, REG_EXTENDED | REG_NOSUB | REG_NEWLINE)
        guard code == 0 else {
            let reason = Self.words(code, compiled)
            compiled.deallocate()
            throw SyntaxError(reason: reason)
        }
        self.compiled = compiled
    }

    deinit {
        regfree(compiled)
        compiled.deallocate()
    }

    /// Whether the pattern occurs in the bytes, which may hold zeros.
    func matches(_ bytes: [UInt8]) -> Bool {
        // `REG_STARTEND` says where the text ends; that it ends in a zero as well is what tools that
        // watch over memory expect of any C string.
        (bytes + [0]).withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress else { return false }
            var span = regmatch_t(rm_so: 0, rm_eo: regoff_t(bytes.count))
            return regexec(
                compiled, start.assumingMemoryBound(to: CChar.self), 1, &span, REG_STARTEND) == 0
        }
    }

    private static func hasBackReference(_ pattern: String) -> Bool {
        var isEscaped = false
        for character in pattern {
            if isEscaped, character.isNumber { return true }
            isEscaped = character == "\\" && !isEscaped
        }
        return false
    }

    private static func words(_ code: CInt, _ pattern: UnsafePointer<regex_t>) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            _ = regerror(code, pattern, buffer.baseAddress, buffer.count)
            return buffer.baseAddress.map { String(cString: $0) } ?? ""
        }
    }
}
