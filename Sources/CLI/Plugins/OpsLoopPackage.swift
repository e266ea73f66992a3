import Glibc

/// Where a Swift plugin finds OpsLoop's package: in a folder or at an address.
enum OpsLoopPackage {
    case folder(String)
    case address(String)

    /// Reads what `--opsloop` says.
    ///
    /// The folder is written out in full: the package manager takes what is relative as seen from the
    /// new package and not from where the command was given.
    init(_ text: String?) throws {
        guard let text, !text.isEmpty else {
            throw Failure.usage(
                "`--lang swift` needs --opsloop",
                hint: "it is the folder with OpsLoop's Package.swift, or the address of its "
                    + "repository")
        }
        if text.contains("://") {
            self = .address(text)
            return
        }
        guard let full = realpath(text, nil) else {
            throw Failure.usage("there is no folder \(text): \(SystemError.text(errno))")
        }
        defer { free(full) }
        let folder = String(cString: full)
        guard access(folder + "/Package.swift", R_OK) == 0 else {
            throw Failure.usage(
                "\(text) holds no Package.swift",
                hint: "--opsloop is the folder of OpsLoop's own repository")
        }
        self = .folder(folder)
    }

    /// The dependency, as `Package.swift` has it.
    var dependency: String {
        switch self {
        case .folder(let path): #".package(name: "OpsLoop", path: \#(Self.literal(path)))"#
        case .address(let url): #".package(url: \#(Self.literal(url)), branch: "main")"#
        }
    }

    /// What products call the package: a folder has the name above, an address its last part.
    var identity: String {
        guard case .address(let url) = self, let last = url.split(separator: "/").last else {
            return "OpsLoop"
        }
        return String(last.hasSuffix(".git") ? last.dropLast(4) : last)
    }

    private static func literal(_ text: String) -> String {
        let escaped = text.map { $0 == "\\" || $0 == "\"" ? "\\\($0)" : "\($0)" }
        return "\"" + escaped.joined() + "\""
    }
}
