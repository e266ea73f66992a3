/// The files that a plugin begins with, and what to do with them.
struct PluginSkeleton {
    struct File {
        var path: String
        var text: String
        var isProgram = false
    }

    let name: String
    let language: PluginLanguage
    /// What a plugin in Swift is built on.
    let opsloop: OpsLoopPackage?

    var files: [File] {
        switch language {
        case .python:
            [
                File(path: "\(name).py", text: python, isProgram: true),
                File(path: "opsloop_plugin.py", text: PythonSDK.text),
            ]
        case .shell: [File(path: "\(name).sh", text: shell, isProgram: true)]
        case .swift:
            [
                File(path: "Package.swift", text: opsloop.map(package) ?? ""),
                File(path: "Sources/\(name)/\(typeName).swift", text: swift),
                File(path: "Sources/\(name)/Main.swift", text: swiftMain),
            ]
        }
    }

    /// What to type next, and the entry for `plugins.json`.
    func nextSteps(in folder: String, full: String) -> [String] {
        let build = language == .swift ? ["  swift build --package-path \(folder)"] : []
        return ["", "try it:"] + build + [
            "  opsloop plugin test \(folder)/\(program)", "",
            "run it: add this to `plugins` in plugins.json, then restart opsloopd:",
            #"  { "name": "\#(name)", "exec": ["\#(full)/\#(program)"] }"#,
            "  opsloop \(name.kebab) hello World",
        ]
    }

    private var program: String {
        switch language {
        case .python: "\(name).py"
        case .shell: "\(name).sh"
        case .swift: ".build/debug/\(name)"
        }
    }

    /// `load_watch` becomes `LoadWatchPlugin`.
    private var typeName: String {
        name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
            + "Plugin"
    }

    // MARK: - The texts

    private var python: String {
        """
        #!/usr/bin/env python3
        \"""What \(name) does, in a sentence.\"""

        from opsloop_plugin import Plugin

        plugin = Plugin("\(name)", version="0.1.0", summary="Greets people.")


        @plugin.method(
            "\(name).hello",
            examples=[{"name": "a greeting", "params": {"name": "Ada"},
                       "result": {"text": "Hello Ada."}}])
        def hello(name: str, *, loud: bool = False) -> dict:
            \"""Greets somebody.

            Args:
                name: Who is greeted.
                loud: Whether to shout.
            \"""
            text = f"Hello {name}."
            return {"text": text.upper() if loud else text}


        if __name__ == "__main__":
            plugin.run()

        """
    }

    private var shell: String {
        #"""
        #!/bin/bash
        # A plugin: OpsLoop writes a request a line, and reads an answer a line.
        # A request begins with jsonrpc, id and method; OpsLoop has checked its parameters.
        set -uo pipefail
        answer() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$1"; }
        refuse() {
            printf '{"jsonrpc":"2.0","id":%s,"error":{"code":%s,"message":"%s"}}\n' "$id" "$1" "$2"
        }
        manifest='{"protocol":[1],"name":"\#(name)","version":"0.1.0","summary":"Greets people.",
        "methods":[{"name":"\#(name).hello","summary":"Greets somebody.","effect":"read",
        "params":{"type":"object","required":["name"],"additionalProperties":false,"properties":{
        "name":{"type":"string","pattern":"^[^\"\\\\]+$","x-positional":true,
        "description":"Who is greeted."}}},"result":{"type":"object"},
        "examples":[{"name":"a greeting","params":{"name":"Ada"},"result":{"text":"Hello Ada."}}]}]}'
        while IFS= read -r line; do
            [[ $line =~ ^\{\"jsonrpc\":\"2.0\",\"id\":([0-9]+),\"method\":\"([^\"]+)\" ]] || continue
            id=${BASH_REMATCH[1]} method=${BASH_REMATCH[2]}
            case $method in
                plugin.describe) answer "${manifest//$'\n'/}" ;;
                plugin.*) answer '{}' ;;
                \#(name).hello)
                    if [[ $line =~ \"name\":\"([^\"\\]+)\" ]]; then
                        answer "{\"text\":\"Hello ${BASH_REMATCH[1]}.\"}"
                    else
                        refuse -32602 "name: is no plain text"
                    fi
                    ;;
                *) refuse -32601 "There is no method $method." ;;
            esac
        done

        """#
    }

    private func package(_ opsloop: OpsLoopPackage) -> String {
        """
        // swift-tools-version: 6.2
        import PackageDescription

        let package = Package(
            name: "\(name)",
            dependencies: [
                \(opsloop.dependency)
            ],
            targets: [
                .executableTarget(
                    name: "\(name)",
                    dependencies: [.product(name: "OpsLoop", package: "\(opsloop.identity)")])
            ])

        """
    }

    private var swift: String {
        """
        import OpsCore

        /// What \(name) does, in a sentence.
        actor \(typeName): Plugin {
            static let manifest = Manifest(
                name: "\(name)", version: "0.1.0", summary: "Greets people.",
                methods: [MethodDeclaration(Hello.self)])

            struct Settings: Declared {}

            init(_ context: PluginContext, settings: Settings) {
                context.methods.handle(Hello.self) { _, hello in
                    let text = "Hello \\(hello.name)."
                    return Hello.Result(text: hello.loud ? text.uppercased() : text)
                }
            }

            func start() async {}

            func stop() async {}
        }

        /// `\(name).hello`.
        struct Hello: Method {
            static let name = "\(name).hello"
            static let summary = "Greets somebody."
            static let effect = Effect.read

            @Param("Who is greeted.", .positional) var name: String
            @Param("Whether to shout.") var loud: Bool = false

            struct Result: Codable, Sendable {
                var text: String
            }
        }

        """
    }

    private var swiftMain: String {
        """
        import OpsPluginProgram

        @main
        enum Main {
            static func main() { PluginProgram.run(\(typeName).self) }
        }

        """
    }
}
