import Glibc
import OpsJSONRPC
import TestClient

/// A check program that runs until the test lets it go.
struct Gate {
    private let fifo: String

    init(in folder: TemporaryFolder) async throws {
        fifo = folder.file("gate")
        guard mkfifo(fifo, 0o600) == 0 else { throw TestFailure("mkfifo", errno) }
    }

    /// Says that it is fine once the gate is opened.
    var command: JSON { ["sh", "-c", .string("echo fine; exec cat \(fifo)")] }

    /// Lets the program go, once it stands at the gate: a check that is being run need not have come there.
    func open() async throws {
        let end = ContinuousClock.now + .seconds(TestClient.patience)
        while !openForWhoeverWaits() {
            guard ContinuousClock.now < end else { throw TestFailure("nobody comes to the gate") }
            await Task.yield()
        }
    }

    /// Lets the program go if it stands at the gate, and says whether it did.
    @discardableResult
    func openForWhoeverWaits() -> Bool {
        let descriptor = Glibc.open(fifo, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
        if descriptor >= 0 { close(descriptor) }
        return descriptor >= 0
    }
}
