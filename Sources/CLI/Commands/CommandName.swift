/// A command may be named as the wire does (`check.create`) or as the command line does.
enum CommandName {
    static func words(_ text: String) -> [String] {
        text.split(separator: ".").map { String($0).kebab }
    }
}
