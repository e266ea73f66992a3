import Glibc
import OpsJSONRPC
import TestClient
import Testing

@testable import opsloop

@Suite("opsloop plugin new")
struct PluginNewTests {
    @Test(arguments: ["python", "shell"])
    func `what it writes passes the kit at once`(language: String) throws {
        let folder = try TemporaryFolder()
        let made = Run(["plugin", "new", "greeter", "--lang", language, "--dir", folder.path])
        #expect(made.exit == .success)
        let program = try #require(
            made.out.split(separator: "\n").first { $0.contains("opsloop plugin test ") })
        let path = String(program.split(separator: " ").last ?? "")
        let tried = Run(["plugin", "test", path])
        #expect(tried.exit == .success, "\(tried.out)")
        #expect(tried.out.contains("ok      does what its examples say"))
        #expect(tried.out.contains(", 0 failed, "))
    }

    @Test func `it says what to put into plugins json`() throws {
        let folder = try TemporaryFolder()
        let made = Run(["plugin", "new", "greeter", "--dir", folder.path])
        let entry = try #require(
            made.out.split(separator: "\n").first { $0.contains(#""exec""#) })
        let json = try JSON.parse(String(entry))
        #expect(json["name"] == "greeter")
        let program = try #require(json["exec"]?[0]?.string)
        #expect(access(program, X_OK) == 0)
    }

    private static let repository: String = {
        var folder = #filePath
        while access(folder + "/Package.swift", F_OK) != 0 {
            folder = folder.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
        }
        return folder
    }()

    private func swiftPackage(_ opsloop: String) throws -> String {
        let folder = try TemporaryFolder()
        let made = Run([
            "plugin", "new", "greeter", "--lang", "swift", "--dir", folder.path, "--opsloop",
            opsloop,
        ])
        #expect(made.exit == .success, "\(made.err)")
        return folder.read("greeter/Package.swift")
    }

    @Test func `a plugin in Swift names the folder of the package in full`() throws {
        var here = [CChar](repeating: 0, count: 4096)
        #expect(getcwd(&here, here.count) != nil)
        let bytes = here.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
        let depth = String(decoding: bytes, as: UTF8.self).split(separator: "/").count
        let relative = String(repeating: "../", count: depth) + Self.repository.dropFirst()
        let text = try swiftPackage(relative)
        let path = Self.repository
        #expect(text.contains(#".package(name: "OpsLoop", path: "\#(path)")"#), "\(text)")
        #expect(text.contains(#"package: "OpsLoop")"#))
    }

    @Test func `a plugin in Swift may have the package from an address`() throws {
        let url = "https://example.org/ops/loop.git"
        let text = try swiftPackage(url)
        #expect(text.contains(#".package(url: "\#(url)", branch: "main")"#), "\(text)")
        #expect(text.contains(#"package: "loop")"#))
    }

    @Test(arguments: [
        ([], "needs --opsloop"), (["--opsloop", "/proc"], "holds no Package.swift"),
        (["--opsloop", "/proc/none"], "there is no folder /proc/none"),
    ])
    func `a plugin in Swift without the package is refused`(
        options: [String], reason: String
    ) throws {
        let folder = try TemporaryFolder()
        let run = Run(
            ["plugin", "new", "greeter", "--lang", "swift", "--dir", folder.path] + options)
        #expect(run.exit == .usage)
        #expect(run.err.contains(reason), "\(run.err)")
        #expect(access(folder.file("greeter"), F_OK) != 0)
    }

    @Test func `it overwrites nothing`() throws {
        let folder = try TemporaryFolder()
        #expect(Run(["plugin", "new", "greeter", "--dir", folder.path]).exit == .success)
        let again = Run(["plugin", "new", "greeter", "--dir", folder.path])
        #expect(again.exit == .usage)
        #expect(again.err.contains("greeter exists already"))
    }

    @Test(arguments: ["Greeter", "2fast", "a-b", "", "a/b"])
    func `it refuses a bad name`(name: String) {
        let run = Run(["plugin", "new", name])
        #expect(run.exit == .usage)
        #expect(run.err.contains("is no name for a plugin"))
    }

    @Test func `it says which languages there are`() {
        let run = Run(["plugin", "new", "x", "--lang", "perl"])
        #expect(run.exit == .usage)
        #expect(run.err.contains("python, swift, shell"))
    }

    @Test func `the SDK that it writes is the one in the repository`() throws {
        let path = Self.repository + "/SDK/python/opsloop_plugin.py"
        let text = try InputFile.text(try InputFile.bytes(path), of: path)
        #expect(PythonSDK.text == text, "run scripts/embed-sdk.sh")
    }
}

@Suite("opsloop plugin test")
struct PluginTestTests {
    @Test func `a file that is no program is refused with a hint`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("print('hello')", to: "x.py")
        let run = Run(["plugin", "test", path])
        #expect(run.exit == .usage)
        #expect(run.err.contains("chmod +x"))
        #expect(Run(["plugin", "test", folder.path]).err.contains("is no program"))
        #expect(Run(["plugin", "test", folder.file("none")]).err.contains("there is no"))
    }

    @Test func `a program that is no plugin fails at the first question`() {
        let run = Run(["plugin", "test", "/bin/true", "--output", "json"])
        #expect(run.exit == .server)
        let report = try? JSON.parse(run.out)
        #expect(report?["passed"] == 0)
        #expect(report?["failed"] == 1)
        #expect(report?["cases"]?[0]?["detail"]?.string?.contains("exit status 0") == true)
    }

    @Test func `arguments and the configuration are handed on`() throws {
        let folder = try TemporaryFolder()
        let text = """
            #!/bin/bash
            printf '%s ' "$@" >>\(folder.file("seen"))
            head --lines=1 >>\(folder.file("seen"))
            """
        let path = try folder.write(text, to: "spy.sh")
        chmod(path, 0o700)
        _ = Run(["plugin", "test", path, "--config", #"{"size":5}"#, "--", "--stdio", "x"])
        #expect(folder.read("seen").contains("--stdio x "))
        #expect(folder.read("seen").contains("plugin.describe"))
    }
}
