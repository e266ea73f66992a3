import Dispatch
import Glibc
import OpsCore
import OpsPluginKit
import OpsPluginProgram

/// A plugin that is served in this process, on a socket of which the kit has the other end.
final class InProcessPlugin: PluginEndpoint {
    let socket: CInt
    let isProcess = false
    let errors = ""
    private let ended = DispatchGroup()

    init(_ plugin: any Plugin.Type) {
        var ends: [CInt] = [0, 0]
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        precondition(socketpair(AF_UNIX, kind, 0, &ends) == 0)
        let (own, other) = (ends[0], ends[1])
        socket = own
        // Serving blocks its thread, so it has one of its own.
        DispatchQueue(label: "served-plugin").async(group: ended) {
            PluginProgram.serve(plugin, input: other, output: other)
            close(other)
        }
    }

    deinit {
        destroy()
        close(socket)
    }

    func endInput() { shutdown(socket, CInt(SHUT_WR)) }

    func terminate() {}

    func ending(withinMs limit: Int) -> String? {
        ended.wait(timeout: .now() + .milliseconds(limit)) == .success ? "ended" : nil
    }

    func destroy() {
        shutdown(socket, CInt(SHUT_RDWR))
        ended.wait()
    }
}
