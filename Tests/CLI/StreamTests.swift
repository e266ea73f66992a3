import Dispatch
import Glibc
import Synchronization
import Testing

@testable import opsloop

/// What is written reaches the other side whole.
@Suite(.timeLimit(.minutes(1))) struct StreamTests {
    @Test func `a pipe that somebody has made non-blocking gets everything`() throws {
        var ends: [CInt] = [-1, -1]
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let status = socketpair(AF_UNIX, kind, 0, &ends)
        try #require(status == 0)
        let (reading, writing) = (ends[0], ends[1])
        defer { close(reading) }
        let flagged = fcntl(writing, F_SETFL, O_NONBLOCK)
        try #require(flagged == 0)
        let count = Mutex(0)
        let reader = DispatchGroup()
        DispatchQueue(label: "reader").async(group: reader) {
            var chunk = [UInt8](repeating: 0, count: 4096)
            while true {
                let size = read(reading, &chunk, chunk.count)
                if size <= 0 { return }
                count.withLock { $0 += size }
            }
        }
        // More than any buffer between the two takes.
        let text = String(repeating: "x", count: 16 << 20)
        Stream.descriptor(writing, variables: [:], noColor: true).write(text)
        close(writing)
        reader.wait()
        #expect(count.withLock { $0 } == text.utf8.count)
    }
}
