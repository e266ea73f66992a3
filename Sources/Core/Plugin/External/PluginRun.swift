/// A run of an external plugin that has started.
struct PluginRun {
    let peer: PluginPeer
    let manifest: ExternalManifest
    let requests: PluginRequests
    let feed: EventFeed
    /// By the uptime.
    let startedAt: Duration
}
