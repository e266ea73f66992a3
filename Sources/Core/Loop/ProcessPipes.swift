import CLibuv

/// The three standard descriptors of a program.
struct ProcessPipes {
    /// Nil when the program is given nothing to read; it gets `/dev/null`.
    let stdin: ProcessPipe?
    let stdout: ProcessPipe
    let stderr: ProcessPipe

    init(withInput: Bool, on loop: EventLoop) throws(LoopError) {
        var opened: [ProcessPipe] = []
        do throws(LoopError) {
            for _ in 0..<2 { opened.append(try ProcessPipe(.fromProgram, on: loop)) }
            if withInput { opened.append(try ProcessPipe(.toProgram, on: loop)) }
        } catch {
            for pipe in opened { pipe.discard() }
            throw error
        }
        self.stdout = opened[0]
        self.stderr = opened[1]
        self.stdin = withInput ? opened[2] : nil
    }

    /// The program's ends, in the order of its standard descriptors; -1 for none.
    var descriptors: [CInt] {
        [self.stdin?.descriptor ?? -1, self.stdout.descriptor, self.stderr.descriptor]
    }

    private var all: [ProcessPipe] { [self.stdout, self.stderr] + (self.stdin.map { [$0] } ?? []) }

    func closeProgramEnds() {
        for pipe in self.all { pipe.closeProgramEnd() }
    }

    func closeStreams() {
        for pipe in self.all { pipe.stream.close() }
    }
}

extension ProcessPipe {
    fileprivate func discard() {
        self.stream.close()
        self.closeProgramEnd()
    }
}
