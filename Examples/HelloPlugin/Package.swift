// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "HelloPlugin",
    dependencies: [.package(name: "OpsLoop", path: "../..")],
    targets: [
        .executableTarget(
            name: "HelloPlugin", dependencies: [.product(name: "OpsLoop", package: "OpsLoop")])
    ],
    swiftLanguageModes: [.v6]
)
