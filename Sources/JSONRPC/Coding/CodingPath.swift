/// The way from the root to a value, kept as a chain so that it costs nothing until an error
/// wants to tell it.
indirect enum CodingPath: Sendable {
    case root
    case member(CodingPath, String)
    case element(CodingPath, Int)

    var keys: [any CodingKey] {
        switch self {
        case .root: []
        case .member(let parent, let name): parent.keys + [WireKey(name)]
        case .element(let parent, let index): parent.keys + [WireKey(intValue: index)]
        }
    }
}
