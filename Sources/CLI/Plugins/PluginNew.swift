import Glibc
import OpsJSONRPC

/// `opsloop plugin new`: writes the beginning of a plugin, which works as it is.
struct PluginNew {
    let name: String
    let skeleton: PluginSkeleton
    /// The folder that is made.
    let folder: String
    let out: Stream

    init(params: JSON.Object, out: Stream) throws {
        name = params["name"]?.string ?? ""
        self.out = out
        guard Self.isName(name) else {
            throw Failure.usage(
                "`\(name)` is no name for a plugin",
                hint: "a name is up to 32 lower case letters, digits and _, a letter first")
        }
        let language = params["lang"]?.string.flatMap(PluginLanguage.init) ?? .python
        let parent = params["dir"]?.string ?? "."
        folder = parent == "." ? name : "\(parent)/\(name)"
        skeleton = PluginSkeleton(
            name: name, language: language,
            opsloop: language == .swift ? try OpsLoopPackage(params["opsloop"]?.string) : nil)
    }

    private static func isName(_ text: String) -> Bool {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard let first = text.utf8.first, letters.contains(first), text.utf8.count <= 32 else {
            return false
        }
        return text.utf8.allSatisfy {
            letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "_")
        }
    }

    func run() throws {
        guard mkdir(folder, 0o777) == 0 else { throw refusal(errno) }
        for file in skeleton.files { try write(file) }
        out.line("\(folder): a plugin in \(skeleton.language.title)")
        for step in skeleton.nextSteps(in: folder, full: absolute(folder)) { out.line(step) }
    }

    private func refusal(_ number: CInt) -> Failure {
        switch number {
        case EEXIST:
            .usage("\(folder) exists already", hint: "choose another name, or another --dir")
        case ENOENT:
            .usage("there is no folder for \(folder)", hint: "make it first, or give --dir")
        default: .usage("cannot make \(folder): \(SystemError.text(number))")
        }
    }

    private func write(_ file: PluginSkeleton.File) throws {
        var path = folder
        for part in file.path.split(separator: "/").dropLast() {
            path += "/" + part
            mkdir(path, 0o777)
        }
        path = folder + "/" + file.path
        let mode: mode_t = file.isProgram ? 0o777 : 0o666
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else {
            throw Failure.usage("cannot write \(path): \(SystemError.text(errno))")
        }
        defer { close(descriptor) }
        var rest = Array(file.text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw Failure.usage("cannot write \(path): \(SystemError.text(errno))")
            }
            rest = rest.dropFirst(count)
        }
    }

    private func absolute(_ path: String) -> String {
        guard let full = realpath(path, nil) else { return path }
        defer { free(full) }
        return String(cString: full)
    }
}
