import OpsJSONRPC

/// Every command there is: the built-in ones, and the daemon's where it answered.
struct Interface: Sendable {
    let commands: [Command]
    /// False while the daemon's commands are missing.
    let isComplete: Bool
    let version: String?

    /// The commands that work without a daemon.
    static let offline = Interface(document: nil)

    init(document: JSON?) {
        let own = BuiltInCommands.all
        let found = (document?["methods"]?.array ?? []).flatMap(Command.all(document:))
        commands = own + found.filter { command in !own.contains { $0.words == command.words } }
        isComplete = document != nil
        version = document?["info"]?["version"]?.string
    }

    /// The commands that people see; hidden ones begin with an underscore.
    var visible: [Command] {
        commands.filter { !($0.words.first ?? "").hasPrefix("_") }
    }

    func command(_ words: [String]) -> Command? {
        commands.first { $0.words == words }
    }

    func command(method name: String) -> Command? {
        commands.first { $0.method?.name == name }
    }

    func commands(under words: [String]) -> [Command] {
        commands.filter { $0.words.count > words.count && $0.words.starts(with: words) }
    }

    /// The words that can follow, in the order of the commands.
    func nextWords(after words: [String]) -> [String] {
        var seen: Set<String> = []
        return commands(under: words).map { $0.words[words.count] }
            .filter { !$0.hasPrefix("_") && seen.insert($0).inserted }
    }
}
