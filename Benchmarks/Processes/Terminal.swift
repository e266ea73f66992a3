import Glibc

/// A terminal that somebody looks at while a program runs.
final class Terminal {
    private let descriptor: CInt
    /// The side that the program gets.
    let side: CInt
    /// All that was shown.
    private(set) var shown = ""

    init() throws {
        var unlocked: CInt = 0
        var number: CInt = 0
        var size = winsize(ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0)
        descriptor = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0, ioctl(descriptor, Self.setLock, &unlocked) == 0,
            ioctl(descriptor, Self.getNumber, &number) == 0,
            ioctl(descriptor, UInt(TIOCSWINSZ), &size) == 0
        else { throw BenchError("open a terminal", errno: errno) }
        side = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard side >= 0 else { throw BenchError("open a terminal", errno: errno) }
    }

    // Linux's TIOCSPTLCK and TIOCGPTN, which are macros that Swift does not see.
    private static let setLock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430

    deinit { close(descriptor) }

    /// Looks on until the program, which has its side by now, is done with it.
    func watch() {
        close(side)
        var buffer = [UInt8](repeating: 0, count: 4096)
        var bytes: [UInt8] = []
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            // The end of a terminal is an error.
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        shown += String(decoding: bytes, as: UTF8.self)
    }
}
