internal import Glibc
public import OpsCore
internal import OpsJSONRPC

/// Makes a plugin a program that OpsLoop starts and speaks to over standard input and output.
///
/// ```swift
/// @main
/// enum Main {
///     static func main() { PluginProgram.run(HelloPlugin.self) }
/// }
/// ```
///
/// The plugin's type stays what it would be inside of the daemon: it has a store, a series, a
/// schedule and a loop of its own, in the folder that OpsLoop gives it. Methods of others that it
/// calls are asked of OpsLoop, and the events that it announces are passed on.
public enum PluginProgram {
    /// Serves a plugin until the input ends, and ends the process then.
    ///
    /// What is printed goes to standard error, which is OpsLoop's log; standard output belongs to
    /// the protocol.
    public static func run(_ plugin: any Plugin.Type) -> Never {
        signal(SIGPIPE, SIG_IGN)
        let (input, output) = (dup(STDIN_FILENO), dup(STDOUT_FILENO))
        let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
        dup2(null, STDIN_FILENO)
        dup2(STDERR_FILENO, STDOUT_FILENO)
        for descriptor in [input, output] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        serve(plugin, input: input, output: output)
        exit(EXIT_SUCCESS)
    }

    /// Serves a plugin on two descriptors until the input ends and the plugin has stopped; blocks
    /// the thread.
    public static func serve(_ plugin: any Plugin.Type, input: CInt, output: CInt) {
        let server = PluginServer(plugin, HostLink(output))
        var framer = Framer(maxFrameBytes: maxFrameBytes)
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(input, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            chunk.withUnsafeBytes { framer.append(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            handle(&framer, server)
        }
        server.end()
    }

    /// A longer frame is refused; the host's own limit is lower.
    private static let maxFrameBytes = 16 << 20

    private static func handle(_ framer: inout Framer, _ server: PluginServer) {
        while true {
            switch framer.next() {
            case .frame: server.take(framer.withFrame { MessageParser.parse($0) })
            case .needMore: return
            case .failed(let error):
                server.refuse(.tooLarge(error.description))
                if !error.isRecoverable { return }
            }
        }
    }
}
