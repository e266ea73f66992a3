import Glibc
import OpsCore

/// Runs a test on a loop that has its own thread, and stops it afterwards.
@discardableResult
func withLoop<T: Sendable>(_ body: (EventLoop) async throws -> T) async throws -> T {
    let loop = try EventLoop(name: "test")
    try loop.start()
    do {
        let result = try await body(loop)
        await loop.stop()
        return result
    } catch {
        await loop.stop()
        throw error
    }
}

/// An actor that lives on a loop.
actor Resident {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.asUnownedSerialExecutor() }
    private(set) var visits = 0

    init(on loop: EventLoop) {
        self.loop = loop
    }

    /// Answers whether the visit happened on the actor's loop.
    func visit() -> Bool {
        self.visits += 1
        return self.loop.isOnLoop
    }

    /// Visits another actor and comes back.
    func visit(_ other: Resident) async -> Bool {
        let there = await other.visit()
        return there && self.loop.isOnLoop
    }

    func stopOwnLoop() async {
        await self.loop.stop()
    }
}

/// How many descriptors the process has open.
///
/// Other tests open some at the same time, so a test compares with room to spare.
func openDescriptors() -> Int {
    guard let directory = opendir("/proc/self/fd") else { return -1 }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    return count
}

/// A path for a socket in a fresh folder of its own.
func freshSocketPath() throws -> String {
    var template = Array("/tmp/opsloop-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw LoopError(-errno, "make a folder") }
    let folder = template.dropLast().map { UInt8(bitPattern: $0) }
    return String(decoding: folder, as: UTF8.self) + "/socket"
}

func removeFolder(ofSocket path: String) {
    unlink(path)
    rmdir(String(path.dropLast("/socket".count)))
}

/// Keeps the thread busy, to see what a late loop does.
func spin(for duration: Duration) {
    let end = ContinuousClock.now + duration
    while ContinuousClock.now < end {}
}

/// Ends a connection in both directions.
///
/// Closing is not enough at once: a program that another test starts at the same moment has a copy
/// of the descriptor until it is really started.
func hangUp(_ descriptor: CInt) {
    Glibc.shutdown(descriptor, CInt(SHUT_RDWR))
}
