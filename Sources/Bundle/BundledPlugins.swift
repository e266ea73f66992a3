public import OpsCore
internal import OpsInventory
internal import OpsMonitoring
internal import OpsTicketing

/// The plugins that come with OpsLoop; the configuration says which of them run.
public let bundledPlugins: [any Plugin.Type] = [
    InventoryPlugin.self, MonitoringPlugin.self, TicketingPlugin.self,
]
