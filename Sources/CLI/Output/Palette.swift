/// Turns meaning into colour, or into nothing where colours are unwelcome.
struct Palette: Equatable {
    enum Style: String {
        case ok = "32"
        case warning = "33"
        case critical = "1;31"
        case unknown = "35"
        case failure = "31"
        case accent = "36"
        case strong = "1"
        case quiet = "2"
        case blue = "34"
    }

    var isOn: Bool

    static let plain = Palette(isOn: false)

    func paint(_ text: String, _ style: Style?) -> String {
        guard isOn, let style, !text.isEmpty else { return text }
        return "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
    }

    /// Decides by the usual rules: an explicit wish, then the terminal.
    static func isWanted(
        isTerminal: Bool, noColor: Bool, variables: [String: String]
    ) -> Bool {
        if noColor || !(variables["NO_COLOR"] ?? "").isEmpty { return false }
        if let force = variables["CLICOLOR_FORCE"], !force.isEmpty, force != "0" { return true }
        if variables["CLICOLOR"] == "0" || variables["TERM"] == "dumb" { return false }
        return isTerminal
    }
}
