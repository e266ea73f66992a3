internal import Logging

/// What the host lends to the plugins that run as programs.
struct PluginServices: Sendable {
    let loop: EventLoop
    let time: any TimeSource
    let store: Store
    let events: EventBus
    let registry: MethodRegistry
    let dispatcher: Dispatcher
    let routes: RouteTable
    let contributors: Contributors
    let records: RecordOwners
    /// Where the plugins have their folders.
    let folder: String
    /// OpsLoop's version.
    let version: String
    let logger: Logger
    /// From 0 up to 1.
    let random: @Sendable () -> Double
}
