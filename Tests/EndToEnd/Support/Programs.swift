import Glibc

/// Where things are: the programs stand beside the tests' own, the repository around them.
enum Programs {
    static let folder: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let bytes = buffer.prefix(max(0, count)).map(UInt8.init(bitPattern:))
        let path = String(decoding: bytes, as: UTF8.self)
        return path.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
    }()

    static func path(_ name: String) -> String { folder + "/" + name }

    /// The folder with `Package.swift`.
    static let repository: String = {
        var parts = #filePath.split(separator: "/")
        while !parts.isEmpty {
            parts.removeLast()
            let folder = parts.reduce("") { $0 + "/" + $1 }
            if access(folder + "/Package.swift", F_OK) == 0 { return folder }
        }
        return "."
    }()

    /// The environment of every program that a test starts: the programs are found, nothing is
    /// coloured, nobody's settings are used.
    static func environment(home: String) -> [String: String] {
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        return [
            "PATH": "\(folder):\(path)", "HOME": home, "LC_ALL": "C.UTF-8", "TZ": "UTC",
            "NO_COLOR": "1",
        ]
    }

    /// Runs a program to its end, and returns whether it was content.
    static func run(_ arguments: String...) async throws -> Bool {
        let program = try ChildProgram(
            arguments, environment: environment(home: "/"), directory: "/", errors: "/dev/null")
        return try await program.ending() == .exited(0)
    }
}
