import OpsJSONRPC
import Testing

@testable import OpsCore

/// What `kill -9` between an effect and its answer leaves to the caller's next attempt.
@Suite struct CallCrashTests {
    @Test func `a process that dies after the commit answers the repeated call from memory`()
        throws
    {
        let folder = try StoreFolder()
        var first = try Crasher("hang", folder.folder)
        #expect(first.line() == "committed")
        #expect(first.kill() == [])
        var second = try Crasher("calls", folder.folder)
        #expect(second.line() == #"k1 {"number":1}"#)
        #expect(second.line() == #"k2 {"number":2}"#)
        _ = second.kill()
    }

    @Test func `whenever it dies, each key has one effect and one result`() async throws {
        let folder = try StoreFolder()
        var results: [Substring: Substring] = [:]
        for lines in [1, 7, 40, 90, 180] {
            var crasher = try Crasher("calls", folder.folder)
            var printed: [String] = []
            while printed.count < lines, let line = crasher.line() { printed.append(line) }
            printed += crasher.kill()
            for line in printed {
                let parts = line.split(separator: " ")
                #expect(results[parts[0], default: parts[1]] == parts[1])
                results[parts[0]] = parts[1]
            }
        }
        let store = try folder.open()
        #expect(try await store.count("crash_call") >= results.count)
        #expect(
            try await store.count("crash_call")
                == store.count("(SELECT DISTINCT title FROM crash_call)"))
        #expect(try await store.count("crash_call") == store.count("call_result"))
        await store.close()
    }
}
