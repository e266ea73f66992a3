internal import OpsCore
internal import OpsImport
internal import OpsJSONRPC

/// How a text is written that says what items there are.
enum FeedFormat: String, Codable, CaseIterable, Sendable {
    /// CSV, or JSON where the first character is a brace.
    case auto
    case csv, jsonl
    /// What `nmap -oX` writes.
    case nmap
    /// What `ansible -m setup` shows, and the files of Ansible's cache of facts.
    case ansible

    /// The format of a text that lists records line by line.
    init(_ format: ImportFormat) {
        switch format {
        case .auto: self = .auto
        case .csv: self = .csv
        case .jsonl: self = .jsonl
        }
    }

    /// The format of a text that lists records line by line; nil for a report of some program.
    var lines: ImportFormat? {
        switch self {
        case .auto: .auto
        case .csv: .csv
        case .jsonl: .jsonl
        case .nmap, .ansible: nil
        }
    }

    /// What the source is called when nobody says so.
    var source: String? { lines == nil ? rawValue : nil }
}

/// What is wrong with a part of a text, of which the rest can be read.
struct LineMistake: Sendable, Equatable {
    var line: Int
    var reason: String

    var field: RPCError.FieldError { .init(path: "line \(line)", reason: reason) }
}

/// Reads what a feed says of items.
struct FeedReader: Sendable {
    let format: FeedFormat
    let lines: ImportReader
    let maxRecords: Int

    /// - Throws: `invalid_params` where nothing of the text can be used.
    func read(_ text: String, _ mode: ImportMode = .all) throws(RPCError) -> ImportedFile {
        if let format = format.lines { return try lines.read(text, format, mode) }
        let (records, mistakes) =
            format == .nmap ? (try NmapReport.records(text), []) : AnsibleFacts.read(text)
        guard records.count <= maxRecords else {
            throw .badMember("text", "has \(records.count) records; \(maxRecords) are allowed")
        }
        var file = ImportedFile()
        (file.records, file.mistakes) = (records, mistakes.map(\.field))
        file.refuseNULs(in: text)
        guard mode == .rows || file.mistakes.isEmpty else { throw .badLines(file.mistakes) }
        return file
    }
}

extension ImportedRecord {
    /// A device, as a program found it.
    ///
    /// - Parameters:
    ///   - key: What tells it from all others.
    ///   - name: What it is called where nobody has named it yet.
    ///   - facts: What is known of it; empty texts are not.
    init(line: Int, key: String, name: String, _ facts: [(String, JSON?)]) {
        var fields = JSON.Object()
        for (name, value) in facts where value != nil && value != "" { fields[name] = value }
        self.init(
            line: line, members: ["external_key": .string(key)], fields: fields,
            initial: ["name": .string(Self.oneLine(name))])
    }

    /// A name that a record can have, whatever a network says.
    private static func oneLine(_ name: String) -> String {
        let plain = name.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7f }
        let words = String(String.UnicodeScalarView(plain)).split(separator: " ")
        return String(
            String.UnicodeScalarView(words.joined(separator: " ").unicodeScalars.prefix(200)))
    }
}
