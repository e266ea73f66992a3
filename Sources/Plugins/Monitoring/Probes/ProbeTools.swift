internal import OpsCore

/// What probes are made from.
struct ProbeTools: Sendable {
    /// Where the probes run and wait.
    let loop: EventLoop
    let time: any TimeSource
    /// Shared by all `http` checks of the loop, so that they share its connections.
    let http: HTTPClient
    /// Shared by all `icmp` checks of the loop, so that they share its sockets.
    let pinger: Pinger
    /// Keeps the trusted certificates that `tls` checks have read.
    let chains = ChainVerifier()
    /// The threads that `file` checks share.
    let files = FileWorkers()
    /// The threads for other looks that block and may hang, which must hold up nobody else's work.
    let workers = WorkerPool(threads: 4, name: "probes", maxWaiting: 1000)
    /// Where `proc` lies; a test points it at captured files.
    let root: String

    /// Makes tools that cost nothing until they are used; to be closed in the end.
    init(loop: EventLoop, time: any TimeSource, root: String = "/") {
        self.loop = loop
        self.time = time
        self.root = root
        http = HTTPClient(loop: loop)
        pinger = Pinger(loop: loop, time: time)
    }

    /// Ends what is under way and gives everything back.
    func close() async {
        await http.close()
        await pinger.close()
        files.close()
        workers.close()
    }
}
