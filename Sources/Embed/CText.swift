internal import Glibc

/// Texts on their way over the boundary.
enum CText {
    /// A copy that belongs to the host, which gives it back with `opsloop_free`.
    static func copy(_ bytes: some Collection<UInt8>) -> UnsafeMutablePointer<CChar>? {
        guard let memory = malloc(bytes.count + 1) else { return nil }
        let text = memory.bindMemory(to: UInt8.self, capacity: bytes.count + 1)
        let buffer = UnsafeMutableBufferPointer(start: text, count: bytes.count + 1)
        let end = buffer.update(fromContentsOf: bytes)
        buffer[end] = 0
        return UnsafeMutableRawPointer(text).assumingMemoryBound(to: CChar.self)
    }

    /// Takes back what ``copy(_:)`` made.
    static func release(_ text: UnsafeMutablePointer<CChar>?) { free(text) }

    /// The bytes of a text of the host; a length of zero means up to the zero byte.
    static func bytes(
        _ text: UnsafePointer<CChar>?, _ length: Int
    ) -> UnsafeBufferPointer<UInt8>? {
        guard let text, length >= 0 else { return nil }
        let count = length == 0 ? strlen(text) : length
        let start = UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self)
        return UnsafeBufferPointer(start: start, count: count)
    }

    /// A text of the host; nil when it is none or not UTF-8.
    static func string(_ text: UnsafePointer<CChar>?, _ length: Int = 0) -> String? {
        bytes(text, length).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// Lends bytes to a callback, followed by a zero byte.
    static func lend(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>, Int) -> Void) {
        (bytes + [0]).withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress else { return }
            body(start.assumingMemoryBound(to: CChar.self), bytes.count)
        }
    }
}
