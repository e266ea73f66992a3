public import OpsJSONRPC

/// Reads a file that is imported: CSV with a line of member names, or a JSON object a line.
public struct ImportReader: Sendable {
    private let columns: [ImportColumn]
    private let hasFields: Bool
    private let maxRecords: Int
    private let firstLine: Int

    private static let fieldPrefix = "fields."
    /// No file has more lines; a number from outside beyond it must not overflow while lines are
    /// counted on.
    private static let mostLines = 1_000_000_000

    /// Prepares to read.
    ///
    /// - Parameters:
    ///   - columns: What the first line of CSV may name.
    ///   - hasFields: Whether there may be columns `fields.NAME` besides.
    ///   - maxRecords: More than that are refused.
    ///   - firstLine: The number of the first record's line, where the text is a piece of a file;
    ///     the first line of CSV, which names the members, is line 1 all the same.
    public init(
        columns: [ImportColumn], hasFields: Bool = false, maxRecords: Int, firstLine: Int? = nil
    ) {
        self.columns = columns
        self.hasFields = hasFields
        self.maxRecords = maxRecords
        self.firstLine = min(max(firstLine ?? 0, 0), Self.mostLines)
    }

    /// Reads all records.
    ///
    /// - Throws: `invalid_params` naming every line that cannot be read, unless the mode leaves out
    ///   only those; where the text cannot be told into lines, or its first line names what is no
    ///   member, there is nothing to be taken in any mode.
    public func read(
        _ text: String, _ format: ImportFormat, _ mode: ImportMode = .all
    ) throws(RPCError) -> ImportedFile {
        var file =
            switch format.resolved(for: text) {
            case .csv: try csv(text)
            case .jsonl, .auto: jsonLines(text)
            }
        file.refuseNULs(in: text)
        guard mode == .rows || file.mistakes.isEmpty else { throw .badLines(file.mistakes) }
        guard file.records.count <= maxRecords else {
            throw .invalidParams(
                "The text has too many records.",
                fields: [
                    .init(
                        path: "text",
                        reason: "has \(file.records.count) records; \(maxRecords) are allowed")
                ])
        }
        return file
    }

    // MARK: - JSON lines

    private func jsonLines(_ text: String) -> ImportedFile {
        var file = ImportedFile()
        var line = max(firstLine - 1, 0)
        // By bytes: to tell characters of their clusters takes longer than to read the JSON. A carriage
        // return before the end of a line, as Windows writes it, is a blank to JSON.
        for part in Self.lines(text) {
            line += 1
            guard part.contains(where: { !Self.isBlank($0) }) else { continue }
            do {
                let value = try part.withUnsafeBufferPointer { bytes throws(JSON.SyntaxError) in
                    try JSON.parse(bytes)
                }
                guard let members = value.object else {
                    file.mistakes.append(
                        .init(path: "line \(line)", reason: "is no JSON object"))
                    continue
                }
                file.records.append(ImportedRecord(line: line, members: members))
            } catch {
                file.mistakes.append(
                    .init(path: "line \(line)", reason: "is no JSON: \(error)"))
            }
        }
        return file
    }

    /// The lines of a text, without its byte-order mark.
    private static func lines(_ text: String) -> [ArraySlice<UInt8>] {
        let bytes = Array(text.utf8)
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        return bytes.dropFirst(bytes.starts(with: mark) ? mark.count : 0).split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D
    }

    // MARK: - CSV

    private func csv(_ text: String) throws(RPCError) -> ImportedFile {
        var lines: [CSVReader.Line]
        do throws(CSVReader.Mistake) {
            lines = try CSVReader.lines(of: text)
        } catch {
            throw .badLines([.init(path: "line \(number(error.line))", reason: error.reason)])
        }
        guard let header = lines.first else { return ImportedFile() }
        try refuseHeader(header)
        lines.removeFirst()
        var file = ImportedFile()
        for line in lines {
            let number = number(line.number)
            guard line.fields.count == header.fields.count else {
                file.mistakes.append(
                    .init(
                        path: "line \(number)",
                        reason: "has \(line.fields.count) columns, the first line has "
                            + "\(header.fields.count)"))
                continue
            }
            file.records.append(record(line, number, header.fields))
        }
        return file
    }

    /// The number that a line has in the file of which the text is a piece.
    private func number(_ line: Int) -> Int {
        firstLine == 0 || line == 1 ? line : line - 2 + firstLine
    }

    private func refuseHeader(_ header: CSVReader.Line) throws(RPCError) {
        var mistakes: [RPCError.FieldError] = []
        var seen: Set<String> = []
        let known = columns.map(\.name)
        for name in header.fields {
            if !seen.insert(name).inserted {
                mistakes.append(
                    .init(path: "line \(header.number)", reason: "\(name) is there twice"))
            }
            let isField = hasFields && name.hasPrefix(Self.fieldPrefix) && name != Self.fieldPrefix
            guard !isField, !known.contains(name) else { continue }
            let all = known + (hasFields ? ["fields.NAME"] : [])
            mistakes.append(
                .init(
                    path: "line \(header.number)",
                    reason: "\"\(name)\" is no member; there are \(all.joined(separator: ", "))"))
        }
        guard mistakes.isEmpty else { throw .badLines(mistakes) }
    }

    private func record(
        _ line: CSVReader.Line, _ number: Int, _ names: [String]
    ) -> ImportedRecord {
        var record = ImportedRecord(line: number, members: [:])
        for (name, text) in zip(names, line.fields) {
            if hasFields, name.hasPrefix(Self.fieldPrefix) {
                var fields = record.fields ?? [:]
                fields[String(name.dropFirst(Self.fieldPrefix.count))] = Self.typed(text)
                record.fields = fields
            } else {
                record.members[name] = text.isEmpty ? .null : value(text, of: name)
            }
        }
        return record
    }

    /// What does not fit is said when the record is checked.
    private func value(_ text: String, of member: String) -> JSON {
        switch columns.first(where: { $0.name == member })?.content {
        case .number: JSON.Number(text: text).map(JSON.number) ?? .string(text)
        case .list: .array(Self.words(text).map(JSON.string))
        case .text, nil: .string(text)
        }
    }

    private static func words(_ text: String) -> [String] {
        text.split { $0 == "," || $0 == ";" || $0.isWhitespace }.map(String.init)
    }

    /// What a cell of a field holds: a number or a truth value where it is written as JSON writes
    /// it, so that `007` and `1,5` stay texts.
    private static func typed(_ text: String) -> JSON {
        if text.isEmpty { return .null }
        if text == "true" || text == "false" { return .bool(text == "true") }
        return JSON.Number(text: text).map(JSON.number) ?? .string(text)
    }
}
