/// Runs programs.
public enum ChildProcess {
    /// Runs a program and waits for its end, whatever that is.
    ///
    /// The program gets a session and process group of its own. The group is ended when the time is
    /// over, when the waiting task is cancelled, when the loop stops, and when the program has ended
    /// but left children behind that hold its output open. A child that closes its output and starts
    /// a session of its own is a daemon, and is left alone.
    public static func run(_ request: ProcessRequest, on loop: EventLoop) async -> ProcessResult {
        let run = ProcessRun(request, on: loop)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                loop.execute { run.begin(continuation) }
            }
        } onCancel: {
            loop.execute { run.cancel() }
        }
    }
}
