/// The languages that a plugin can be begun in.
enum PluginLanguage: String, CaseIterable {
    case python, swift, shell

    var title: String {
        switch self {
        case .python: "Python"
        case .swift: "Swift"
        case .shell: "bash"
        }
    }
}
