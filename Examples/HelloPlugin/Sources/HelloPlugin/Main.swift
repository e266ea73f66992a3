import OpsPluginProgram

/// The program that `plugins.json` names.
@main
enum Main {
    static func main() { PluginProgram.run(HelloPlugin.self) }
}
