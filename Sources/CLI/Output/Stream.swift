import Glibc

/// Where text goes, and what the other side can show.
struct Stream {
    var isTerminal: Bool
    var palette: Palette
    /// The columns that a person sees; nil when nobody looks and nothing needs to fit.
    var width: Int?
    /// The rows of the terminal.
    var height: Int?
    var write: (String) -> Void
    /// Writes what need not be text.
    var writeBytes: ([UInt8]) -> Void

    /// Makes a stream; where nothing is said about bytes, they are taken for text.
    init(
        isTerminal: Bool, palette: Palette, width: Int?, height: Int? = nil,
        write: @escaping (String) -> Void, writeBytes: (([UInt8]) -> Void)? = nil
    ) {
        self.isTerminal = isTerminal
        self.palette = palette
        self.width = width
        self.height = height
        self.write = write
        self.writeBytes = writeBytes ?? { write(String(decoding: $0, as: UTF8.self)) }
    }

    func line(_ text: String) {
        write(text + "\n")
    }

    /// A file descriptor of this process.
    ///
    /// A closed pipe ends the program by SIGPIPE, as `head` wants.
    static func descriptor(_ descriptor: CInt, variables: [String: String], noColor: Bool) -> Stream
    {
        let isTerminal = isatty(descriptor) == 1
        return Stream(
            isTerminal: isTerminal,
            palette: Palette(
                isOn: Palette.isWanted(
                    isTerminal: isTerminal, noColor: noColor, variables: variables)),
            width: isTerminal ? Terminal.width(descriptor, variables: variables) : nil,
            height: isTerminal ? Terminal.height(descriptor) : nil,
            write: { writeAll($0, to: descriptor) },
            writeBytes: { bytes in bytes.withUnsafeBufferPointer { writeAll($0, to: descriptor) } })
    }

    private static func writeAll(_ text: String, to descriptor: CInt) {
        var text = text
        text.withUTF8 { writeAll($0, to: descriptor) }
    }

    private static func writeAll(_ bytes: UnsafeBufferPointer<UInt8>, to descriptor: CInt) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = Glibc.write(
                descriptor, UnsafeBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if !canGoOn(after: errno, descriptor) {
                return
            }
        }
    }

    /// Waits where that helps, or ends the program.
    ///
    /// What is written is not the whole then, and nobody may take it for that. Only what was said to
    /// people is let go, as there is nowhere to say so.
    private static func canGoOn(after number: CInt, _ descriptor: CInt) -> Bool {
        switch number {
        case EINTR: return true
        case EAGAIN:
            // Somebody who shares the terminal or pipe has made it non-blocking.
            var entry = pollfd(fd: descriptor, events: CShort(POLLOUT), revents: 0)
            poll(&entry, 1, -1)
            return true
        case _ where descriptor == STDERR_FILENO: return false
        default:
            writeAll("error: cannot write: \(SystemError.text(number))\n", to: STDERR_FILENO)
            exit(ExitCode.server.rawValue)
        }
    }
}
