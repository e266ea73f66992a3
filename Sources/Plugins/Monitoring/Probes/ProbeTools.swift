internal import OpsCore

/// What probes are made from.
struct ProbeTools: Sendable {
    let loop: EventLoop
    let time: any TimeSource
    /// Shared by all `http` checks of the loop, so that they share its connections.
    let http: HTTPClient
    /// Where `proc` lies; a test points it at captured files.
    var root = "/"
}
