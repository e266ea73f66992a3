/// Watches over what OpenMetrics says about families: their lines stand together, what is said
/// about them comes first and once, and samples have the names that the type allows.
struct ExpositionFamilies {
    private struct Family {
        var name: String
        var type = ExpositionType.unknown
        /// What was said about it already, so that nothing is said twice.
        var said: [String] = []
        var hasSamples = false
        /// The names that its samples may have.
        var sampleNames: [[UInt8]]

        init(_ name: String) {
            self.name = name
            sampleNames = [Array(name.utf8)]
        }
    }

    private var current: Family?
    private var finished: Set<String> = []

    /// Notes a line of metadata.
    mutating func note(
        _ metadata: ExpositionComment.Metadata, _ line: Int
    ) throws(ExpositionError) {
        if current?.name != metadata.family { try begin(metadata.family, line) }
        guard var family = current else { return }
        guard !family.hasSamples else {
            throw ExpositionError(
                line: line, reason: "what is said about \(family.name) comes after its samples")
        }
        let word: String
        switch metadata.kind {
        case .help: word = "HELP"
        case .unit: word = "UNIT"
        case .type(let type):
            word = "TYPE"
            family.type = type
            family.sampleNames = type.suffixes.map { Array((family.name + $0).utf8) }
        }
        guard !family.said.contains(word) else {
            throw ExpositionError(line: line, reason: "\(family.name) has two lines of \(word)")
        }
        family.said.append(word)
        current = family
    }

    /// Notes the name of a sample.
    mutating func noteSample(
        _ name: UnsafeRawBufferPointer, _ line: Int
    ) throws(ExpositionError) {
        if let family = current {
            if family.sampleNames.contains(where: { $0.elementsEqual(name) }) {
                current?.hasSamples = true
                return
            }
            if name.elementsEqual(family.name.utf8) {
                let allowed = family.type.suffixes.joined(separator: ", ")
                throw ExpositionError(
                    line: line,
                    reason:
                        "a sample of the \(family.type.rawValue) \(family.name) ends in none of "
                        + allowed)
            }
        }
        try begin(String(decoding: name, as: UTF8.self), line)
        current?.hasSamples = true
    }

    /// Notes that there is nothing more.
    mutating func end() { current = nil }

    private mutating func begin(_ name: String, _ line: Int) throws(ExpositionError) {
        if let family = current { finished.insert(family.name) }
        guard !finished.contains(name) else {
            throw ExpositionError(line: line, reason: "the lines of \(name) do not stand together")
        }
        current = Family(name)
    }
}
