import Glibc
import OpsCore

/// A plain pipe; its ends close when nobody holds it any more.
final class Pipe: Sendable {
    let reading: CInt
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
        close(self.reading)
        close(self.writing)
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
