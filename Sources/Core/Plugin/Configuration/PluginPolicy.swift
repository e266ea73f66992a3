internal import OpsJSONRPC

/// The limits within which a plugin lives; `defaults` and each entry of `plugins.json` may set them.
public struct PluginPolicy: Declared, Equatable {
    /// How long a start may take.
    @Param("How long a start may take.", .range(1...86_400_000))
    public var startTimeoutMs: Int = 10_000
    /// How long a call may take.
    @Param("How long a call may take, unless its caller waits less.", .range(1...86_400_000))
    public var callTimeoutMs: Int = 30_000
    /// How long a hook may take.
    @Param("How long a hook may take.", .range(1...86_400_000))
    public var hookTimeoutMs: Int = 500
    /// How long a contribution to a page may take.
    @Param("How long the plugin's part of a page may take.", .range(1...86_400_000))
    public var contributionTimeoutMs: Int = 2000
    /// How long a stop may take.
    @Param("How long a stop may take before signals end it.", .range(1...86_400_000))
    public var stopTimeoutMs: Int = 5000
    /// How many calls may be under way in the plugin.
    @Param("How many calls may be under way in the plugin; further ones wait.", .range(1...1024))
    public var maxInFlight: Int = 64
    /// How long a line of the plugin may be.
    @Param("How many bytes a message of the plugin may have.", .range(1024...67_108_864))
    public var maxFrameBytes: Int = 4 << 20
    /// How much may wait for the plugin.
    @Param("How many bytes may wait for the plugin to read them.", .range(1024...268_435_456))
    public var maxQueueBytes: Int = 8 << 20
    /// How much memory the plugin may have.
    @Param(
        "How much memory the plugin may have before it is restarted.",
        .present(.atLeast(1_048_576)))
    public var maxRSSBytes: Int?
    /// How it is started again, as it is written.
    @Param("How the plugin is started again when it ends.") var restart: JSON = [:]

    /// The limits that hold where nobody sets others.
    public init() {}

    /// How it is started again.
    public var restartPolicy: RestartPolicy {
        (try? FieldSet(RestartPolicy.self).decode(restart)) ?? RestartPolicy()
    }

    /// Whether both set the same limits.
    public static func == (left: PluginPolicy, right: PluginPolicy) -> Bool {
        left.startTimeoutMs == right.startTimeoutMs && left.callTimeoutMs == right.callTimeoutMs
            && left.hookTimeoutMs == right.hookTimeoutMs
            && left.contributionTimeoutMs == right.contributionTimeoutMs
            && left.stopTimeoutMs == right.stopTimeoutMs && left.maxInFlight == right.maxInFlight
            && left.maxFrameBytes == right.maxFrameBytes
            && left.maxQueueBytes == right.maxQueueBytes && left.maxRSSBytes == right.maxRSSBytes
            && left.restart == right.restart
    }
}
