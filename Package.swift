// swift-tools-version: 6.2
import PackageDescription

let log: Target.Dependency = .product(name: "Logging", package: "swift-log")

/// Every bundled plugin, by its folder under `Sources/Plugins`.
///
/// A plugin is added here and in the list of bundled plugins
/// (`Sources/Bundle/BundledPlugins.swift`), and nowhere else.
let plugins: [(folder: String, dependencies: [Target.Dependency])] = [
    ("Inventory", ["OpsCalendar", "OpsImport", "OpsImportMethods", "CExpat"]),
    (
        "Monitoring",
        ["OpsCalendar", "OpsPattern", "CCares", "CCurl", "CPing", "CTLS", "CZlib", log]
    ),
    ("Ticketing", ["OpsCalendar", "OpsImport", "OpsImportMethods", log]),
]

let plainSettings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// Everybody names what they use, but for the modules that import C headers.
///
/// The C library's types belong to the first module whose headers mention them, Glibc or CLibuv,
/// and which one that is depends on the order of the build; a file can't name it.
let settings = plainSettings + [.enableUpcomingFeature("MemberImportVisibility")]
let importers: Set<String> = [
    "OpsCore", "OpsToken", "OpsWeb", "OpsMonitoring", "CoreTests", "MonitoringTests",
    "opsloop-bench",
]

func settings(of target: String) -> [SwiftSetting] {
    importers.contains(target) ? plainSettings : settings
}

let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let argumentParser: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser")

func module(
    _ name: String, at path: String, exclude: [String] = [], _ dependencies: [Target.Dependency]
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: path, exclude: exclude,
        swiftSettings: settings(of: name))
}

func program(_ name: String, at path: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: path, swiftSettings: settings(of: name))
}

func tests(
    _ name: String, at folder: String? = nil, exclude: [String] = [],
    _ dependencies: [Target.Dependency]
) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(folder ?? name)",
        exclude: exclude, swiftSettings: settings(of: "\(name)Tests"))
}

let pluginTargets = plugins.map { plugin in
    module(
        "Ops\(plugin.folder)", at: "Sources/Plugins/\(plugin.folder)", exclude: ["README.md"],
        ["OpsCore", "OpsJSONRPC"] + plugin.dependencies)
}
let pluginNames: [Target.Dependency] = pluginTargets.map { .target(name: $0.name) }

let package = Package(
    name: "OpsLoop",
    products: [
        .library(
            name: "OpsLoop",
            targets: ["OpsCore", "OpsJSONRPC", "OpsTransport", "OpsPluginProgram"]),
        .library(name: "OpsBundle", targets: ["OpsBundle"]),
        .executable(name: "opsloopd", targets: ["opsloopd"]),
        .executable(name: "opsloop", targets: ["opsloop"]),
    ] + pluginTargets.map { .library(name: $0.name, targets: [$0.name]) },
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        .systemLibrary(
            name: "CLibuv", path: "Sources/CLibuv", pkgConfig: "libuv",
            providers: [.apt(["libuv1-dev"])]),
        .systemLibrary(
            name: "COpsSQLite", path: "Sources/COpsSQLite", pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(
            name: "CCurl", path: "Sources/CCurl", pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(
            name: "CZlib", path: "Sources/CZlib", pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CCares", path: "Sources/CCares", pkgConfig: "libcares",
            providers: [.apt(["libc-ares-dev"])]),
        .systemLibrary(name: "CPing", path: "Sources/CPing"),
        .systemLibrary(
            name: "CTLS", path: "Sources/CTLS", pkgConfig: "openssl",
            providers: [.apt(["libssl-dev"])]),
        .systemLibrary(
            name: "CCrypto", path: "Sources/CCrypto", pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"])]),
        .systemLibrary(
            name: "CZstd", path: "Sources/CZstd", pkgConfig: "libzstd",
            providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(
            name: "CWebSockets", path: "Sources/CWebSockets",
            providers: [.apt(["libwebsockets-dev", "libwebsockets-evlib-uv", "libssl-dev"])]),
        .systemLibrary(
            name: "CExpat", path: "Sources/CExpat", pkgConfig: "expat",
            providers: [.apt(["libexpat1-dev"])]),
        .systemLibrary(
            name: "CYAML", path: "Sources/CYAML", pkgConfig: "yaml-0.1",
            providers: [.apt(["libyaml-dev"])]),
        // Not by pkg-config: Debian's file asks for a flag at which SwiftPM warns in each build.
        .target(
            name: "CPattern", path: "Sources/CPattern", linkerSettings: [.linkedLibrary("re2")]),
        module("OpsPattern", at: "Sources/Pattern", ["CPattern"]),
        .target(name: "CSpawn", path: "Sources/CSpawn"),
        module("OpsJSONRPC", at: "Sources/JSONRPC", []),
        module("OpsCalendar", at: "Sources/Calendar", ["OpsJSONRPC"]),
        module("OpsImport", at: "Sources/Import", ["OpsJSONRPC"]),
        module("OpsToken", at: "Sources/Token", ["OpsJSONRPC", "CCrypto"]),
        module(
            "OpsCore", at: "Sources/Core",
            [
                "OpsJSONRPC", "OpsPattern", "OpsToken", "CLibuv", "COpsSQLite", "CSpawn", "CCrypto",
                "CZstd", grdb, sqlite, log,
            ]),
        module(
            "OpsImportMethods", at: "Sources/ImportMethods",
            ["OpsCore", "OpsImport", "OpsJSONRPC"]),
        module("OpsBundle", at: "Sources/Bundle", ["OpsCore"] + pluginNames),
        .systemLibrary(name: "COpsLoop", path: "Sources/Embed/include"),
        // What becomes libopsloop.so: see scripts/lib.sh, which links it.
        module(
            "OpsEmbed", at: "Sources/Embed", exclude: ["include", "exports.map"],
            ["COpsLoop", "OpsBundle", "OpsCore", "OpsJSONRPC", log]),
        module(
            "OpsTransport", at: "Sources/Server/Transport", exclude: ["Web"],
            ["OpsCore", "OpsJSONRPC", log]),
        module(
            "OpsWeb", at: "Sources/Server/Transport/Web",
            ["OpsTransport", "OpsCore", "OpsJSONRPC", "CWebSockets", log]),
        program(
            "opsloopd", at: "Sources/Server/Daemon",
            [
                "OpsBundle", "OpsCore", "OpsJSONRPC", "OpsPluginProgram", "OpsTransport", "OpsWeb",
                argumentParser, log,
            ]),
        module(
            "OpsPluginProgram", at: "Sources/PluginProgram", ["OpsCore", "OpsJSONRPC", log]),
        module("OpsPluginKit", at: "Sources/PluginKit", ["OpsJSONRPC"]),
        program(
            "opsloop", at: "Sources/CLI",
            ["OpsImport", "OpsJSONRPC", "OpsPluginKit", "OpsToken", "CYAML"]),
        .target(
            name: "OpsBenchFloor", dependencies: ["CLibuv"], path: "Benchmarks/Floor",
            linkerSettings: [.linkedLibrary("sqlite3"), .linkedLibrary("websockets")]),
        .executableTarget(
            name: "opsloop-bench",
            dependencies: [
                "OpsCore", "OpsJSONRPC", "OpsTransport", "OpsBenchFloor", argumentParser, log,
            ],
            path: "Benchmarks", exclude: ["Floor"],
            swiftSettings: settings(of: "opsloop-bench")),
        program("store-crasher", at: "Tests/Support/StoreCrasher", ["OpsCore", "OpsJSONRPC", log]),
        module("TestClient", at: "Tests/Support/TestClient", ["OpsJSONRPC"]),
        module("TestVectors", at: "Tests/Support/TestVectors", ["OpsJSONRPC"]),
        module("TestPlugins", at: "Tests/Support/TestPlugins", ["OpsCore", "OpsJSONRPC"]),
        module(
            "Fuzzing", at: "Tests/Support/Fuzzing",
            ["OpsCore", "OpsJSONRPC", "TestClient", "TestPlugins", "TestVectors"]),
        program(
            "opsloop-fuzz", at: "Tests/Support/FuzzProgram",
            ["Fuzzing", argumentParser]),
        tests("Fuzz", ["Fuzzing"]),
        tests("JSONRPC", ["OpsJSONRPC", "TestVectors"]),
        tests("Pattern", ["OpsPattern"]),
        tests("Calendar", exclude: ["Data"], ["OpsCalendar", "OpsJSONRPC", "TestVectors"]),
        tests("Import", ["OpsImport", "OpsJSONRPC"]),
        tests("Token", ["OpsToken", "OpsJSONRPC", "TestVectors"]),
        tests(
            "Core", exclude: ["Plugin/External/Plugins"],
            ["OpsCore", "OpsJSONRPC", "OpsToken", "CLibuv", "store-crasher", grdb, log]),
        tests("Inventory", ["OpsInventory", "OpsImport", "OpsCore", "OpsJSONRPC"]),
        tests(
            "Ticketing",
            [
                "OpsTicketing", "OpsInventory", "OpsCalendar", "OpsImport", "OpsCore", "OpsJSONRPC",
                "TestVectors", log,
            ]),
        tests(
            "Monitoring", exclude: ["StateVectors"],
            [
                "OpsMonitoring", "OpsCalendar", "OpsCore", "OpsJSONRPC", "OpsPattern",
                "TestVectors", log,
            ]),
        tests("CLI", ["opsloop", "OpsImport", "OpsJSONRPC", "OpsToken", "TestClient"]),
        tests("PluginKit", ["OpsPluginKit", "OpsJSONRPC", "TestClient"]),
        tests(
            "PluginProgram",
            [
                "OpsPluginProgram", "OpsPluginKit", "OpsBundle", "OpsCore", "OpsJSONRPC",
                "TestClient", "opsloopd",
            ]),
        tests("Tidy", []),
        tests(
            "Transport", at: "Server/Transport",
            [
                "OpsTransport", "OpsWeb", "OpsCore", "OpsJSONRPC", "TestClient", "TestPlugins",
                "TestVectors", log,
            ]),
        tests(
            "EndToEnd", ["OpsJSONRPC", "TestClient", "OpsEmbed", "opsloopd", "opsloop"]),
    ] + pluginTargets,
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
