internal import OpsCore
internal import OpsMonitoring

/// The plugins that come with OpsLoop; `plugins.json` says which of them run.
let bundledPlugins: [any Plugin.Type] = [
    MonitoringPlugin.self
]
