internal import COpsLoop
internal import OpsCore
internal import OpsJSONRPC

/// A plugin whose methods are functions of the host.
actor HostPlugin: PluginInstance {
    private let type: HostPluginType
    private let config: JSON
    private let callbacks: Callbacks
    private let loop: EventLoop
    private let open = OpenRequests()
    private var hasStarted = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(
        _ type: HostPluginType, _ context: PluginContext, _ config: JSON, _ callbacks: Callbacks
    ) {
        self.type = type
        self.config = config
        self.callbacks = callbacks
        loop = context.loop
        for method in type.manifest.methods {
            context.methods.forward(method.name) { [type, callbacks, open] call, params in
                try await open.answer { request in
                    type.hand(request, call, params, to: callbacks)
                }
            }
        }
    }

    func start() throws {
        let status = callbacks.run { type.start(config) }
        guard status == 0 else {
            throw PluginError(
                code: .startFailed, plugin: type.manifest.name,
                message: "its start function returned \(status)")
        }
        hasStarted = true
    }

    func stop() {
        // Nobody is left to wait for; a late answer is dropped.
        open.refuseAll(.pluginUnavailable("the plugin \(type.manifest.name) has stopped"))
        guard hasStarted else { return }
        hasStarted = false
        callbacks.run { type.functions.stop?(type.functions.user) }
    }
}

extension HostPluginType {
    fileprivate func start(_ config: JSON) -> CInt {
        guard let start = functions.start else { return 0 }
        var status: CInt = 0
        CText.lend(Array(config.text.utf8)) { status = start(functions.user, $0, $1) }
        return status
    }

    /// Hands a call to the host, which answers it now or later.
    fileprivate func hand(
        _ request: HostRequest, _ call: Call, _ params: JSON.Object, to callbacks: Callbacks
    ) {
        var params = params
        var meta = call.meta.json
        meta["principal"] = .string(call.principal.name)
        meta["request_id"] = .string(call.requestID)
        params[CallMeta.key] = .object(meta)
        let text = Array(JSON.object(params).text.utf8)
        let handle = OpaquePointer(Unmanaged.passRetained(request).toOpaque())
        callbacks.run {
            CText.lend(text) { text, length in
                functions.call?(functions.user, handle, call.method, text, length)
            }
        }
    }
}
