import Glibc
import TestClient
import Testing

/// A terminal that a test looks at; a program gets its other side.
final class PseudoTerminal: @unchecked Sendable {
    // @unchecked Sendable: `shown` is touched by one call of `until` at a time, which tests await.
    private let descriptor: CInt
    /// What a program opens.
    let path: String
    private var shown = ""

    /// A container or a chroot need not have any.
    static let isNeeded: ConditionTrait = .enabled(
        if: (try? PseudoTerminal()) != nil, "no pseudo-terminals; /dev/pts is not mounted")

    init(columns: UInt16 = 80) throws {
        descriptor = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { throw TestFailure("open /dev/ptmx", errno) }
        var locked: CInt = 0
        var number: CInt = 0
        var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        guard ioctl(descriptor, Self.setLock, &locked) == 0,
            ioctl(descriptor, Self.getNumber, &number) == 0,
            ioctl(descriptor, UInt(TIOCSWINSZ), &size) == 0
        else { throw TestFailure("ioctl of a terminal", errno) }
        path = "/dev/pts/\(number)"
    }

    // Linux's TIOCSPTLCK and TIOCGPTN, which are macros that Swift does not see.
    private static let setLock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430

    deinit { close(descriptor) }

    /// Waits until a text is shown; returns all that was shown since the last time.
    func until(_ text: String) async throws -> String {
        try await aside { [self] in
            while !shown.contains(text) { try readSome() }
            defer { shown = "" }
            return shown
        }
    }

    private func readSome() throws {
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&ready, 1, CInt(TestClient.patience) * 1000) > 0 else {
            throw TestFailure("the terminal shows nothing but \(shown)")
        }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &bytes, bytes.count)
        guard count > 0 else { throw TestFailure("the terminal ended after \(shown)") }
        shown += String(decoding: bytes[..<count], as: UTF8.self)
    }
}
