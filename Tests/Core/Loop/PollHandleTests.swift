import Glibc
import OpsCore
import Testing

@Suite("PollHandle", .timeLimit(.minutes(1)))
struct PollHandleTests {
    @Test func `a pipe with a byte in it is readable`() async throws {
        try await withLoop { loop in
            let ends = try Pipe()
            let log = Journal<PollEvents?>()
            let handle = try await loop.perform {
                let handle = try PollHandle(on: loop, descriptor: ends.reading)
                handle.start(readable: true, writable: false) { result in
                    log.add(try? result.get())
                    #expect(ends.readByte() == 1)
                }
                return handle
            }
            for count in 1...3 {
                ends.write(7)
                #expect(await log.first(count).last == .readable)
            }
            try await loop.perform { handle.close() }
        }
    }

    @Test func `an empty pipe is writable at once, and what is watched for can change`()
        async throws
    {
        try await withLoop { loop in
            let ends = try Pipe()
            let log = Journal<String>()
            try await loop.perform {
                let handle = try PollHandle(on: loop, descriptor: ends.writing)
                handle.start(readable: true, writable: false) { _ in log.add("wrong") }
                handle.start(readable: false, writable: true) { _ in
                    log.add("writable")
                    handle.close()
                }
            }
            #expect(await log.first(1) == ["writable"])
        }
    }

    @Test func `a file cannot be watched`() async throws {
        try await withLoop { loop in
            let file = open("/proc/self/status", O_RDONLY)
            defer { close(file) }
            await #expect(throws: LoopError.self) {
                try await loop.perform { _ = try PollHandle(on: loop, descriptor: file) }
            }
        }
    }
}
