/// Cuts a stream of bytes into frames, each of them one message.
///
/// The first byte decides how: `C` begins a `Content-Length` header, anything else a stream of JSON
/// texts that may be separated by line feeds, written without any separator, or spread over lines.
/// A text that begins with neither `{` nor `[` ends with its line; whatever it is, the parser
/// answers it, and the stream goes on.
///
/// A frame that cannot become JSON is handed out as soon as that is certain, for the parser to
/// refuse, and the stream goes on at the next line.
///
/// ```swift
/// framer.append(bytes)
/// while case .frame = framer.next() {
///     framer.withFrame { handle(MessageParser.parse($0)) }
/// }
/// ```
public struct Framer: Sendable {
    /// What `next` has found.
    public enum Next: Sendable, Equatable {
        /// A frame, to be read by `withFrame` before `next` is called again.
        case frame
        /// Nothing until more bytes are appended.
        case needMore
        /// A frame that is not handed out.
        case failed(FramingError)
    }

    /// How the stream marks its frames.
    public enum Style: Sendable, Equatable {
        /// JSON texts one after the other.
        case jsonStream
        /// A header with the length before each text.
        case contentLength
    }

    private enum Reading: Sendable {
        case betweenFrames
        case brackets
        case line
        case restOfBrokenLine
        case header(ContentLengthHeader, lineStart: Int)
        case body(length: Int)
        case nothingMore(FramingError)
    }

    /// How the stream marks its frames; a JSON stream until the first byte has come.
    public private(set) var style = Style.jsonStream

    private let maxFrameBytes: Int
    private var buffer: [UInt8] = []
    /// Where the frame that is being read begins; what stands before it is done with.
    private var start = 0
    /// The first byte that has not been looked at; no byte is looked at twice.
    private var position = 0
    private var frame = 0..<0
    private var reading = Reading.betweenFrames
    /// Where the scan of the present frame stands, while `reading` is `brackets`.
    private var scanner = BracketScanner()
    private var isFirstFrame = true
    /// True while the rest of a frame that is too large runs by.
    private var isDropping = false

    /// Makes a framer for one connection.
    public init(maxFrameBytes: Int = 4 << 20) { self.maxFrameBytes = maxFrameBytes }

    /// Takes bytes as they came.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        buffer.append(contentsOf: bytes)
    }

    /// Takes bytes as they came.
    public mutating func append(_ bytes: [UInt8]) { buffer.append(contentsOf: bytes) }

    /// Reads the frame that `next` has found.
    public func withFrame<R>(_ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
        try buffer.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0[frame])) }
    }

    /// True when the beginning of a frame waits for its end.
    public var hasPartialFrame: Bool {
        switch reading {
        case .betweenFrames, .restOfBrokenLine, .nothingMore: false
        case .brackets, .line, .header, .body: true
        }
    }

    /// Looks for the next frame.
    public mutating func next() -> Next {
        while true {
            if let found = step() {
                if found == .needMore { forgetWhatIsDone() }
                return found
            }
        }
    }

    /// Hands out what is left when no more bytes will come: a last line without its line feed, or
    /// a frame that was cut off, for the parser to refuse.
    public mutating func finish() -> Next {
        guard hasPartialFrame, !isDropping else { return .needMore }
        return emit(upTo: buffer.count) ?? .needMore
    }

    // MARK: - Steps

    /// Does one thing; nil when there is more to do at once.
    private mutating func step() -> Next? {
        switch reading {
        case .betweenFrames: beginFrame()
        case .brackets: scanBrackets()
        case .line: scanLine()
        case .restOfBrokenLine: skipLine()
        case .header(let header, let lineStart): scanHeader(header, lineStart)
        case .body(let length): scanBody(length)
        case .nothingMore(let error): .failed(error)
        }
    }

    private mutating func beginFrame() -> Next? {
        while position < buffer.count, buffer[position].isJSONWhitespace { position += 1 }
        start = position
        guard position < buffer.count else { return .needMore }
        let byte = buffer[position]
        if isFirstFrame, byte | 0x20 == UInt8(ascii: "c") { style = .contentLength }
        isFirstFrame = false
        if style == .contentLength {
            reading = .header(ContentLengthHeader(), lineStart: position)
        } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
            scanner = BracketScanner()
            reading = .brackets
        } else {
            reading = .line
        }
        return nil
    }

    private mutating func scanBrackets() -> Next? {
        let outcome = buffer.withUnsafeBufferPointer { scanner.scan($0, from: position) }
        switch outcome {
        case .needMore:
            return waitForMore()
        case .end(let end):
            return emit(upTo: end)
        case .broken(let end):
            let found = emit(upTo: end)
            reading = .restOfBrokenLine
            return found
        }
    }

    private mutating func scanLine() -> Next? {
        guard let end = lineEnd() else { return waitForMore() }
        return emit(upTo: end)
    }

    private mutating func skipLine() -> Next? {
        let end = lineEnd()
        start = position
        guard end != nil else { return .needMore }
        reading = .betweenFrames
        return nil
    }

    private mutating func scanHeader(_ header: ContentLengthHeader, _ lineStart: Int) -> Next? {
        let end = lineEnd()
        guard position - start <= ContentLengthHeader.maxBytes else {
            return fail(.badHeader("it is longer than \(ContentLengthHeader.maxBytes) bytes"))
        }
        guard let end else { return .needMore }
        position = end + 1
        var header = header
        do throws(FramingError) {
            let line = lineStart..<(end > lineStart && buffer[end - 1] == 0x0D ? end - 1 : end)
            if line.isEmpty { return try beginBody(header) }
            try buffer.withUnsafeBufferPointer { bytes throws(FramingError) in
                try header.take(UnsafeBufferPointer(rebasing: bytes[line]))
            }
        } catch {
            return fail(error)
        }
        reading = .header(header, lineStart: position)
        return nil
    }

    private mutating func beginBody(_ header: ContentLengthHeader) throws(FramingError) -> Next? {
        guard let length = header.length else { throw .badHeader("Content-Length is missing") }
        start = position
        reading = .body(length: length)
        isDropping = length > maxFrameBytes
        return isDropping ? .failed(.tooLarge(limit: maxFrameBytes)) : nil
    }

    private mutating func scanBody(_ length: Int) -> Next? {
        guard buffer.count - start < length else { return emit(upTo: start + length) }
        if isDropping {
            reading = .body(length: length - (buffer.count - start))
            start = buffer.count
        }
        position = buffer.count
        return .needMore
    }

    // MARK: - Parts

    /// Moves to the next line feed and returns its place; to the end when there is none.
    private mutating func lineEnd() -> Int? {
        while position < buffer.count {
            if buffer[position] == 0x0A { return position }
            position += 1
        }
        return nil
    }

    /// Hands out the frame, unless it is too large or has been reported as such.
    private mutating func emit(upTo end: Int) -> Next? {
        let size = end - start
        frame = start..<end
        start = end
        position = end
        reading = .betweenFrames
        if isDropping {
            isDropping = false
            return nil
        }
        return size > maxFrameBytes ? .failed(.tooLarge(limit: maxFrameBytes)) : .frame
    }

    private mutating func waitForMore() -> Next? {
        position = buffer.count
        if isDropping {
            start = position
        } else if position - start > maxFrameBytes {
            isDropping = true
            start = position
            return .failed(.tooLarge(limit: maxFrameBytes))
        }
        return .needMore
    }

    private mutating func fail(_ error: FramingError) -> Next {
        start = buffer.count
        reading = .nothingMore(error)
        return .failed(error)
    }

    /// Gives the room of finished frames back, now that nobody reads them any more.
    private mutating func forgetWhatIsDone() {
        frame = 0..<0
        guard start > 0 else { return }
        let done = start
        if done == buffer.count {
            // One large frame must not keep its room for the life of the connection.
            buffer.removeAll(keepingCapacity: buffer.capacity <= 65_536)
        } else {
            buffer.removeSubrange(..<done)
        }
        start = 0
        position -= done
        if case .header(let header, let lineStart) = reading {
            reading = .header(header, lineStart: lineStart - done)
        }
    }
}
