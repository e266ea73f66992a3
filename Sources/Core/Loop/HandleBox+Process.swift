import CLibuv
import Glibc

extension HandleBox {
    /// Starts a program with libuv; `onExit` gets the exit code and the signal.
    static func process(
        _ request: ProcessRequest, _ pipes: ProcessPipes, on loop: EventLoop, onExit: uv_exit_cb
    ) throws(LoopError) -> HandleBox {
        let action = "start \(request.arguments[0])"
        var status: CInt = 0
        let box = try HandleBox(uv_process_t.self, on: loop, for: action) { uv, handle in
            status = Self.spawn(uv, handle, request, pipes, onExit)
            // The handle is set up even when the program does not start, and has to be closed then.
            return 0
        }
        guard status == 0 else {
            box.close()
            throw LoopError(status, action, hint: request.hint(forStatus: status))
        }
        return box
    }

    private static func spawn(
        _ uv: UnsafeMutablePointer<uv_loop_t>, _ handle: UnsafeMutablePointer<uv_process_t>,
        _ request: ProcessRequest, _ pipes: ProcessPipes, _ onExit: uv_exit_cb
    ) -> CInt {
        let arguments = CStringArray(request.arguments)
        let environment = CStringArray(
            (request.environment ?? ProcessRequest.minimalEnvironment).map { "\($0)=\($1)" })
        let directory = request.directory.map { CStringArray([$0]) }
        var containers = pipes.containers
        return containers.withUnsafeMutableBufferPointer { containers in
            var options = uv_process_options_t()
            options.file = UnsafePointer(arguments.pointer[0])
            options.args = arguments.pointer
            options.env = environment.pointer
            options.cwd = directory.flatMap { UnsafePointer($0.pointer[0]) }
            options.flags = UV_PROCESS_DETACHED.rawValue
            options.stdio = containers.baseAddress
            options.stdio_count = CInt(containers.count)
            options.exit_cb = onExit
            return withExtendedLifetime((arguments, environment, directory)) {
                uv_spawn(uv, handle, &options)
            }
        }
    }
}

extension ProcessRequest {
    /// What a person can do about a program that does not start.
    fileprivate func hint(forStatus status: CInt) -> String? {
        if let directory = self.directory, access(directory, X_OK) != 0 {
            return "the directory \(directory) cannot be entered"
        }
        switch status {
        case UV_ENOENT.rawValue where !self.arguments[0].contains("/"):
            return "there is no such program in the PATH that it was given"
        case UV_EACCES.rawValue: return "the file is not executable"
        default: return nil
        }
    }
}
