public import OpsCore
internal import OpsInventory
internal import OpsMonitoring

/// The plugins that come with OpsLoop; the configuration says which of them run.
public let bundledPlugins: [any Plugin.Type] = [
    InventoryPlugin.self, MonitoringPlugin.self,
]
