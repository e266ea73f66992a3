extension EventLoop {
    /// Takes a job of an actor or task that runs on this loop; Swift calls it, from any thread.
    public func enqueue(_ job: consuming ExecutorJob) {
        self.add(.job(UnownedJob(job)))
    }

    /// Lets callbacks enter an actor of this loop with `assumeIsolated`; stops the program elsewhere.
    public func checkIsolated() {
        self.preconditionOnLoop()
    }

    /// Answers whether the caller runs on this loop, without stopping the program.
    public func isIsolatingCurrentContext() -> Bool? {
        self.isOnLoop
    }
}
