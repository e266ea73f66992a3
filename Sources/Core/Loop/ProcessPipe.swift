import CLibuv
import Glibc

/// A pipe between us and a program: our end is a stream, the other end a plain descriptor.
///
/// A real pipe, not the pair of sockets that libuv makes: on a socket, `> /dev/stderr` fails.
struct ProcessPipe {
    enum Direction { case toProgram, fromProgram }

    let stream: ByteStream
    /// The program's end, which is closed here once the program has it.
    let descriptor: CInt

    init(_ direction: Direction, on loop: EventLoop) throws(LoopError) {
        let action = "open a pipe to a program"
        var ends: [CInt] = [-1, -1]
        try LoopError.check(uv_pipe(&ends, 0, 0), action)
        let (ours, theirs) = direction == .toProgram ? (ends[1], ends[0]) : (ends[0], ends[1])
        do throws(LoopError) {
            self.stream = ByteStream(try .pipe(descriptor: ours, on: loop, for: action))
        } catch {
            Glibc.close(ours)
            Glibc.close(theirs)
            throw error
        }
        self.descriptor = theirs
    }

    func closeProgramEnd() {
        Glibc.close(self.descriptor)
    }
}
