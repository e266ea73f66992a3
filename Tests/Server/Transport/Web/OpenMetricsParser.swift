import TestClient

/// Reads OpenMetrics 1.0 strictly: the text must follow every rule that the format has for what
/// OpsLoop writes.
struct OpenMetricsParser {
    private struct Family {
        var kind: String
        var unit: String?
        var help: String?
        var samples = 0
    }

    private var values: [String: Double] = [:]
    private var families: [String: Family] = [:]
    private var current = ""

    init(_ text: String) throws {
        guard text.hasSuffix("\n# EOF\n") else { throw TestFailure("the end is missing") }
        let lines = text.dropLast().split(separator: "\n", omittingEmptySubsequences: false)
        for (number, line) in lines.dropLast().enumerated() {
            do {
                try read(String(line))
            } catch {
                throw TestFailure("line \(number + 1): \(error): \(line)")
            }
        }
        try checkHistograms()
    }

    subscript(sample: String) -> Double? { values[sample] }

    private mutating func read(_ line: String) throws {
        if line.hasPrefix("#") { return try readDescription(line) }
        let (name, labels, value) = try Self.sample(line)
        guard let family = families[current] else { throw TestFailure("no family") }
        guard Self.endings(family.kind).contains(where: { name == current + $0 }) else {
            throw TestFailure("\(name) is no sample of the \(family.kind) \(current)")
        }
        let key = name + labels
        guard values[key] == nil else { throw TestFailure("stands twice") }
        if family.kind == "counter", value < 0 || value.isNaN { throw TestFailure("is negative") }
        if family.kind == "stateset", value != 0, value != 1 { throw TestFailure("is no state") }
        families[current]?.samples += 1
        values[key] = value
    }

    private static func endings(_ kind: String) -> [String] {
        switch kind {
        case "counter": ["_total"]
        case "histogram": ["_bucket", "_count", "_sum"]
        case "info": ["_info"]
        default: [""]
        }
    }

    private mutating func readDescription(_ line: String) throws {
        let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
            .map(String.init)
        guard words.count == 4, words[0] == "#" else { throw TestFailure("no description") }
        let name = words[2]
        switch words[1] {
        case "TYPE":
            guard families[name] == nil else { throw TestFailure("a family stands twice") }
            guard name.wholeMatch(of: /[a-zA-Z_:][a-zA-Z0-9_:]*/) != nil else {
                throw TestFailure("no name")
            }
            // Samples of one family must not look like another's.
            for ending in ["_total", "_bucket", "_count", "_sum", "_info"]
            where name.hasSuffix(ending) {
                throw TestFailure("a family may not end in \(ending)")
            }
            families[name] = Family(kind: words[3])
            current = name
        case "UNIT":
            guard name == current, families[name]?.samples == 0, name.hasSuffix("_" + words[3])
            else { throw TestFailure("the unit does not end the name") }
            families[name]?.unit = words[3]
        case "HELP":
            guard name == current, families[name]?.samples == 0, families[name]?.help == nil else {
                throw TestFailure("help at the wrong place")
            }
            families[name]?.help = words[3]
        default: throw TestFailure("an unknown description")
        }
    }

    private static func sample(_ line: String) throws -> (String, String, Double) {
        guard
            let match = line.wholeMatch(
                of:
                    /([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*",?)*\})? (\S+)/
            )
        else { throw TestFailure("no sample") }
        let text = String(match.3)
        guard let value = text == "+Inf" ? .infinity : Double(text) else {
            throw TestFailure("no number")
        }
        return (String(match.1), match.2.map(String.init) ?? "", value)
    }

    /// The buckets of a histogram never fall, and the infinite one counts all.
    private func checkHistograms() throws {
        for (key, value) in values where key.contains(#"le="+Inf""#) {
            let parts = key.split(separator: "_bucket{")
            let labels = parts[1].replacing(#",le="+Inf"}"#, with: "}")
            guard values["\(parts[0])_count{\(labels)"] == value else {
                throw TestFailure("\(key) is not the count")
            }
        }
    }
}
