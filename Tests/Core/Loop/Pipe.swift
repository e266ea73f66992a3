import Glibc
import OpsCore

/// A plain pipe; its ends close when nobody holds it any more.
final class Pipe: @unchecked Sendable {
    // @unchecked Sendable: descriptors are numbers; tests close them at one place.
    private(set) var reading: CInt = -1
    let writing: CInt

    init() throws {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { throw LoopError(-errno, "open a pipe") }
        // Not for the programs that other tests start meanwhile: they would keep the ends open.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        self.reading = ends[0]
        self.writing = ends[1]
    }

    deinit {
        self.closeReading()
        close(self.writing)
    }

    func closeReading() {
        if self.reading >= 0 { close(self.reading) }
        self.reading = -1
    }

    @discardableResult
    func write(_ byte: UInt8) -> Int {
        withUnsafeBytes(of: byte) { Glibc.write(self.writing, $0.baseAddress, 1) }
    }

    func readByte() -> Int {
        var byte: UInt8 = 0
        return withUnsafeMutableBytes(of: &byte) { Glibc.read(self.reading, $0.baseAddress, 1) }
    }
}
