import Glibc
import OpsCore
import Testing

@Suite("ChildProcess", .serialized, .timeLimit(.minutes(2)))
struct ChildProcessTests {
    private func shell(_ script: String) -> ProcessRequest {
        ProcessRequest(arguments: ["sh", "-c", script])
    }

    @discardableResult
    private func run(_ request: ProcessRequest) async throws -> ProcessResult {
        try await withLoop { loop in await ChildProcess.run(request, on: loop) }
    }

    @Test func `output and exit code come back`() async throws {
        let result = try await self.run(self.shell("echo out; echo err >&2; exit 3"))
        #expect(result.ending == .exited(3))
        #expect(result.stdout == Array("out\n".utf8))
        #expect(result.stderr == Array("err\n".utf8))
        #expect(!result.truncated)
        #expect(result.duration > .zero)
    }

    @Test func `a program that does not come off its disk keeps no other thread from starting one`()
        async throws
    {
        let path = "/tmp/opsloop-test-\(UInt64.random(in: 0 ... .max))"
        try await self.run(self.shell("cp /bin/true \(path)"))
        defer { unlink(path) }
        let file = open(path, O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        // Whoever starts the program waits until the lease is given back, as for a disk that hangs.
        let (setSignal, setLease, getLease): (CInt, CInt, CInt) = (10, 1024, 1025)
        try #require(fcntl(file, setSignal, SIGURG) == 0)
        try #require(fcntl(file, setLease, CInt(F_WRLCK)) == 0)
        let hasEnded = Guarded(false)
        async let slow = {
            // A program that cannot be started has ended as well.
            defer { hasEnded.withLock { $0 = true } }
            return try await self.run(ProcessRequest(arguments: [path])).ending
        }()
        while fcntl(file, getLease) == CInt(F_WRLCK), !hasEnded.withLock({ $0 }) {
            await Task.yield()
        }
        let quick = try await self.run(ProcessRequest(arguments: ["true"])).ending
        #expect(quick == .exited(0))
        #expect(!hasEnded.withLock { $0 })
        #expect(fcntl(file, setLease, CInt(F_UNLCK)) == 0)
        let ending = try await slow
        #expect(ending == .exited(0))
    }

    @Test func `death by a signal is told`() async throws {
        let outcome = try await self.run(self.shell("kill -TERM $$")).ending == .signalled(SIGTERM)
        #expect(outcome)
    }

    @Test func `input is written and closed`() async throws {
        var request = ProcessRequest(arguments: ["cat"])
        request.stdin = [UInt8](repeating: 65, count: 300_000)
        let result = try await self.run(request)
        #expect(result.ending == .exited(0))
        #expect(result.stdout == request.stdin)
    }

    @Test func `a program that does not read its input is no error`() async throws {
        var request = ProcessRequest(arguments: ["true"])
        request.stdin = [UInt8](repeating: 65, count: 300_000)
        let outcome = try await self.run(request).ending == .exited(0)
        #expect(outcome)
    }

    @Test func `no input is the end of input`() async throws {
        let outcome = try await self.run(ProcessRequest(arguments: ["cat"])).ending == .exited(0)
        #expect(outcome)
    }

    @Test func `the environment is small unless one is given`() async throws {
        let small = try await self.run(ProcessRequest(arguments: ["env"]))
        let lines = String(decoding: small.stdout, as: UTF8.self).split(separator: "\n").sorted()
        #expect(lines.count == 2)
        #expect(lines.first == "LC_ALL=C")
        var request = self.shell("echo $A; pwd; echo to stderr > /dev/stderr")
        request.environment = ["A": "b", "PATH": "/usr/bin:/bin"]
        request.directory = "/"
        let given = try await self.run(request)
        #expect(String(decoding: given.stdout, as: UTF8.self) == "b\n/\n")
        #expect(String(decoding: given.stderr, as: UTF8.self) == "to stderr\n")
    }

    @Test func `no signal is blocked or ignored in a program`() async throws {
        let before = signal(SIGUSR2, SIG_IGN)
        defer { signal(SIGUSR2, before) }
        let result = try await self.run(
            self.shell("grep -E 'Sig(Blk|Ign)' /proc/self/status"))
        let text = String(decoding: result.stdout, as: UTF8.self)
        #expect(text == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n")
    }

    @Test func `a program has three descriptors, whatever others there are`() async throws {
        // Inherited where nobody sees to it.
        let ours = (0..<100).map { _ in open("/dev/null", O_RDONLY) }
        defer { for descriptor in ours { close(descriptor) } }
        // The shell's, by another program: who looks at its own sees the folder that it reads.
        let result = try await self.run(self.shell("ls /proc/$$/fd; true"))
        #expect(String(decoding: result.stdout, as: UTF8.self) == "0\n1\n2\n")
    }

    @Test func `programs that start together get their own descriptors`() async throws {
        try await withLoop { loop in
            await withTaskGroup(of: (Int, String).self) { group in
                for number in 0..<50 {
                    group.addTask {
                        let request = self.shell("read line; echo $line \(number)")
                        var fed = request
                        fed.stdin = Array("\(number)\n".utf8)
                        let result = await ChildProcess.run(fed, on: loop)
                        return (number, String(decoding: result.stdout, as: UTF8.self))
                    }
                }
                for await (number, text) in group { #expect(text == "\(number) \(number)\n") }
            }
        }
    }

    @Test func `programs do not inherit the descriptors of a loop`() async throws {
        try await withLoop { loop in
            let pair = try await StreamPair.tcp(on: loop)
            try await loop.perform {
                let ours = [
                    loop.backendDescriptor, pair.client.descriptor, pair.server.descriptor,
                ]
                for descriptor in ours {
                    #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
                }
            }
        }
    }

    // MARK: - Programs that do not start

    @Test func `a program that does not exist is told with a hint`() async throws {
        let result = try await self.run(ProcessRequest(arguments: ["opsloop-no-such-program"]))
        guard case .failedToStart(let reason) = result.ending else {
            Issue.record("It ended with \(result.ending).")
            return
        }
        #expect(reason.contains("cannot start opsloop-no-such-program: no such file or directory"))
        #expect(reason.contains("PATH"))
    }

    @Test func `a directory that does not exist is told`() async throws {
        var request = ProcessRequest(arguments: ["true"])
        request.directory = "/no/such/directory"
        guard case .failedToStart(let reason) = try await self.run(request).ending else {
            Issue.record("It was started.")
            return
        }
        #expect(reason.contains("the directory /no/such/directory cannot be entered"))
    }

    @Test(arguments: [[], [""], ["echo", "a\0b"]])
    func `arguments that make no sense are told`(arguments: [String]) async throws {
        guard
            case .failedToStart = try await self.run(ProcessRequest(arguments: arguments)).ending
        else {
            Issue.record("It was started.")
            return
        }
    }

    // MARK: - Programs that do not end

    @Test func `a program that takes too long is ended`() async throws {
        var request = ProcessRequest(arguments: ["sleep", "60"])
        request.timeout = .milliseconds(30)
        let result = try await self.run(request)
        #expect(result.ending == .timedOut)
        #expect(result.duration < .seconds(20))
    }

    @Test func `a program that ignores SIGTERM is killed, with its children`() async throws {
        var request = self.shell("trap '' TERM; echo $$; sleep 60 & echo $!; wait; sleep 60")
        request.timeout = .milliseconds(200)
        request.killGrace = .milliseconds(50)
        let result = try await self.run(request)
        #expect(result.ending == .timedOut)
        let members = processIDs(result.stdout)
        #expect(members.count == 2)
        for member in members { await expectGone(member) }
    }

    @Test func `a child that keeps the output open does not hold the result up`() async throws {
        let result = try await self.run(self.shell("sleep 60 & echo $!"))
        #expect(result.ending == .exited(0))
        #expect(result.duration < .seconds(20))
        let children = processIDs(result.stdout)
        #expect(children.count == 1)
        for child in children { await expectGone(child) }
    }

    @Test func `a child in a session of its own does not hold the result up`() async throws {
        let result = try await self.run(self.shell("setsid sleep 30 & echo done"))
        #expect(result.ending == .exited(0))
        #expect(result.duration < .seconds(20))
    }

    @Test func `a flood of output is read and dropped`() async throws {
        var request = self.shell("yes | head -c 50000000; echo end >&2")
        request.maxOutputBytes = 1000
        let result = try await self.run(request)
        #expect(result.ending == .exited(0))
        #expect(result.stdout.count == 1000)
        #expect(result.stderr == Array("end\n".utf8))
        #expect(result.truncated)
    }

    @Test func `a flood without end is ended by the timeout`() async throws {
        var request = ProcessRequest(arguments: ["yes"])
        request.timeout = .milliseconds(100)
        request.maxOutputBytes = 10
        let result = try await self.run(request)
        #expect(result.ending == .timedOut)
        #expect(result.stdout == Array("y\ny\ny\ny\ny\n".utf8))
    }

    @Test func `a cancelled task ends the program and its children`() async throws {
        try await withLoop { loop in
            let path = try freshSocketPath()
            defer { removeFolder(ofSocket: path) }
            mkfifo(path, 0o600)
            let task = Task {
                await ChildProcess.run(
                    self.shell("sleep 60 & echo $!; echo started > \(path); wait"), on: loop)
            }
            // Opening a FIFO for reading waits for its writer: the script has started the child.
            try await loop.workers.run {
                let fifo = open(path, O_RDONLY)
                var word = [UInt8](repeating: 0, count: 16)
                while read(fifo, &word, word.count) > 0 {}
                close(fifo)
            }
            task.cancel()
            let result = await task.value
            #expect(result.ending == .signalled(SIGTERM))
            for child in processIDs(result.stdout) { await expectGone(child) }
        }
    }

    @Test func `a task that is cancelled already starts nothing`() async throws {
        try await withLoop { loop in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await ChildProcess.run(self.shell("echo never"), on: loop)
            }
            guard case .failedToStart = await task.value.ending else {
                Issue.record("It was started.")
                return
            }
        }
    }

    // MARK: - Leftovers

    @Test func `two hundred programs leave neither zombies nor descriptors`() async throws {
        let before = openDescriptors()
        try await withLoop { loop in
            let outputs = await withTaskGroup(of: [UInt8].self) { group in
                for number in 0..<200 {
                    if number >= 20 { _ = await group.next() }
                    group.addTask { await ChildProcess.run(self.shell("echo $$"), on: loop).stdout }
                }
                return await group.reduce(into: []) { $0 += processIDs($1) }
            }
            for process in outputs { expectReaped(process) }
        }
        #expect(openDescriptors() - before < 200)
    }
}

/// The process numbers that a script wrote, one a line.
private func processIDs(_ output: [UInt8]) -> [pid_t] {
    String(decoding: output, as: UTF8.self).split(separator: "\n").compactMap { pid_t($0) }
}

/// A process that we started is not waiting for us to ask how it ended.
private func expectReaped(_ process: pid_t) {
    var status: CInt = 0
    #expect(waitpid(process, &status, WNOHANG) == -1)
}

/// A process that was killed goes away, or is a zombie of the process that adopted it.
private func expectGone(_ process: pid_t) async {
    while isRunning(process) { await Task.yield() }
}

private func isRunning(_ process: pid_t) -> Bool {
    guard let file = fopen("/proc/\(process)/stat", "r") else { return false }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 512)
    guard fgets(&line, 512, file) != nil else { return false }
    let text = String(decoding: line.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return text.split(separator: ")").last?.hasPrefix(" Z") == false
}

extension EventLoop {
    /// Waits until a child of this process has the given command line.
    func untilChildRuns(_ command: String) async throws {
        let wanted = command + " "
        while true {
            let result = await ChildProcess.run(
                ProcessRequest(arguments: ["sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"]),
                on: self)
            if String(decoding: result.stdout, as: UTF8.self).contains(wanted) { return }
        }
    }
}
