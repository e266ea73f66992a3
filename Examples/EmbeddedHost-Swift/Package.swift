// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "EmbeddedHost",
    dependencies: [
        // A program of your own names the repository's address and a version here.
        .package(name: "OpsLoop", path: "../..")
    ],
    targets: [
        .executableTarget(
            name: "EmbeddedHost",
            dependencies: [.product(name: "OpsLoop", package: "OpsLoop")])
    ]
)
