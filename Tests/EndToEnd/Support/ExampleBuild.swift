import Glibc
import OpsJSONRPC
import TestClient

/// Builds what outsiders build: the C library, C programs on it, and Swift programs of packages of
/// their own.
///
/// A `swift build` of an outside package would build everything once more. The compiler alone, on
/// the modules and objects that were built for the tests, takes a second, and sees no more than the
/// public interface either.
actor ExampleBuild {
    static let shared = ExampleBuild()

    private let folder = Programs.path("examples")
    /// What was asked for is built once in a run of the tests.
    private var made: [String: Task<String, any Error>] = [:]

    // MARK: - Products

    /// `libopsloop.so` and `opsloop.h`; returns the folder that holds them.
    func library() async throws -> String {
        try await once("library") {
            try await Self.run(
                "bash", Programs.repository + "/scripts/lib.sh", self.folder, "debug")
            return self.folder
        }
    }

    /// A C program on the library; returns the path of the program.
    func c(_ source: String, _ flags: String...) async throws -> String {
        let library = try await library()
        return try await once(source) {
            let program = library + "/" + Self.name(of: source)
            let warnings = ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-pthread"]
            let place = ["-I\(library)", "-L\(library)", "-lopsloop", "-Wl,-rpath,\(library)"]
            try await Self.run(
                ["cc"] + warnings + [Programs.repository + "/" + source] + place + flags
                    + ["-o", program])
            return program
        }
    }

    /// The Swift program of a package, or of the one in `Examples/NAME`, which imports these
    /// modules and whatever they stand on; returns the path of the program.
    func swift(
        _ name: String, in package: String? = nil, modules: [String] = ["OpsCore", "OpsJSONRPC"]
    ) async throws -> String {
        try await once(name) {
            let build = Programs.folder
            let package = package ?? Programs.repository + "/Examples/\(name)"
            let sources = TextFiles.paths(below: package + "/Sources")
            let below = [
                "OpsCalendar", "OpsImport", "OpsImportMethods", "OpsPattern", "CPattern", "CSpawn",
                "OpsToken",
                "GRDB", "Logging",
            ]
            let objects = (modules + below).flatMap { Self.objects(of: $0) }
            mkdir(self.folder, 0o700)
            let program = self.folder + "/" + name
            try await Self.run(
                ["swiftc", "-parse-as-library", "-swift-version", "6"]
                    + ["-warnings-as-errors", "-module-name", "Example"]
                    + ["-module-cache-path", build + "/ModuleCache", "-I", build + "/Modules"]
                    + Self.moduleMaps + sources + objects
                    + [
                        "-luv", "-lsqlite3", "-lcurl", "-lcares", "-lz", "-lcrypto", "-lre2",
                        "-lstdc++", "-lzstd",
                    ]
                    + ["-o", program])
            return program
        }
    }

    // MARK: - Building

    private func once(
        _ name: String, _ build: @escaping @Sendable () async throws -> String
    ) async throws -> String {
        if let task = made[name] { return try await task.value }
        let task = Task { try await build() }
        made[name] = task
        return try await task.value
    }

    private static func run(_ arguments: String...) async throws { try await run(arguments) }

    private static func run(_ arguments: [String]) async throws {
        let folder = try TemporaryFolder()
        var environment = Programs.environment(home: folder.path)
        environment["OPSLOOP_BUILD"] = Programs.folder
        let program = try ChildProgram(
            arguments, environment: environment, directory: folder.path,
            errors: folder.file("errors"))
        guard try await program.ending() == .exited(0) else {
            let said = "\(try await program.rest())\n\(folder.read("errors"))"
            throw TestFailure("\(arguments.prefix(3)): \(said)")
        }
    }

    // MARK: - Where things are

    private static func name(of source: String) -> String {
        String(source.split(separator: "/").last?.split(separator: ".").first ?? "")
    }

    /// The objects of a module; not those of sources that are gone, which a build leaves where they are.
    private static func objects(of module: String) -> [String] {
        let folder = Programs.path("\(module).build")
        let all = TextFiles.entries(of: folder).filter { $0.hasSuffix(".o") }
        // Modules in C have no such map.
        guard let text = try? Document.text(of: folder + "/output-file-map.json"),
            let map = try? JSON.parse(text).object
        else { return all }
        let names = Set(map.compactMap { $0.value["object"]?.string.map(name(ofFile:)) })
        return all.filter { names.contains(name(ofFile: $0)) }
    }

    private static func name(ofFile path: String) -> Substring {
        path.split(separator: "/").last ?? ""
    }

    /// The C modules under the modules of the package.
    private static var moduleMaps: [String] {
        // The tests' own folder is SCRATCH/TRIPLE/debug, or SCRATCH/debug through a link.
        let scratch = Programs.folder.split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 }
        let folders =
            TextFiles.entries(of: Programs.repository + "/Sources")
            .flatMap { [$0, $0 + "/include"] }
            .filter { access($0 + "/module.modulemap", R_OK) == 0 }
            + [scratch + "/checkouts/GRDB.swift/Sources/GRDBSQLite"]
        return folders.flatMap { ["-I", $0] }
    }
}
