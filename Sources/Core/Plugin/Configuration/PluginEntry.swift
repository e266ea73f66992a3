internal import OpsJSONRPC

/// One member of `plugins` in the file, as it is written.
struct PluginEntry: Declared {
    @Param("The plugin's name.") var name: String
    @Param("The bundled plugin that runs under this name; the one of that name by default.")
    var builtin: String?
    @Param("The program and its arguments, for a plugin that is not built in.")
    var exec: [String]?
    @Param("What the program's file must hash to (SHA-256, 64 hexadecimal digits).")
    var sha256: String?
    @Param("Whether it runs.") var enabled: Bool = true
    @Param("What happens when it does not start.")
    var onFailure: PluginConfiguration.OnFailure = .abortStart
    @Param("Variables of the program's environment.") var env: [String: String] = [:]
    @Param("Variables whose values are read from files; they are secret.")
    var envFromFiles: [String: String] = [:]
    @Param("Its settings.") var config: JSON = [:]
    @Param("What it may do: call, subscribe, emit, hooks, store, routes.") var grants: JSON?
    @Param("How it takes part in hooks: priority and on_error, by the hook's name.")
    var hooks: JSON = [:]
    @Param("Its limits, where they differ from defaults.") var policy: JSON = [:]

    /// What does not fit together, though each member for itself is sound.
    var complaints: [RPCError.FieldError] {
        var found: [RPCError.FieldError] = []
        func complain(_ path: String, _ reason: String) {
            found.append(RPCError.FieldError(path: path, reason: reason))
        }
        if !Self.isName(name) {
            complain("name", "must be 1 to 32 small letters, digits and _, the first a letter")
        }
        if let builtin, ![name, "ops." + name].contains(builtin) {
            complain("builtin", "must be \(name): a plugin's name is the noun of its methods")
        }
        if let exec {
            if builtin != nil { complain("exec", "can't stand beside builtin") }
            if exec.first?.isEmpty ?? true { complain("exec", "must begin with a program") }
        } else {
            for (member, isGiven) in [
                ("sha256", sha256 != nil), ("env", !env.isEmpty),
                ("env_from_files", !envFromFiles.isEmpty),
            ] where isGiven {
                complain(member, "is for plugins with exec only")
            }
        }
        if let sha256, sha256.utf8.count != 64 || !sha256.utf8.allSatisfy(Self.isHexDigit) {
            complain("sha256", "must be 64 hexadecimal digits in small letters")
        }
        return found
    }

    private static func isName(_ text: String) -> Bool {
        guard !text.contains("."), text.utf8.count <= 32 else { return false }
        return Scope(text) != nil && text != "*"
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }
}
