/// Why a stream of bytes cannot be cut into frames.
public enum FramingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A frame is larger than this many bytes.
    case tooLarge(limit: Int)
    /// The header of a `Content-Length` frame cannot be read.
    case badHeader(String)

    /// True when the framer finds the next frame by itself; otherwise only closing is left.
    ///
    /// A frame that is too large has been announced by its length or is recognised by its
    /// brackets, so its end is known: the framer skips to it without keeping a byte. After a bad
    /// header nobody knows where the next one begins.
    public var isRecoverable: Bool {
        switch self {
        case .tooLarge: true
        case .badHeader: false
        }
    }

    /// The error in words.
    public var description: String {
        switch self {
        case .tooLarge(let limit): "The frame is larger than \(limit) bytes."
        case .badHeader(let reason): "The header of the frame is wrong: \(reason)."
        }
    }
}
