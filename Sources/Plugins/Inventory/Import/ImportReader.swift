internal import OpsCore
internal import OpsJSONRPC

/// Reads a file that is imported: CSV with a line of member names, or a JSON object a line.
struct ImportReader {
    let kind: RecordKind
    let maxRecords: Int

    private static let fieldPrefix = "fields."

    /// - Throws: `invalid_params` naming every line that cannot be read.
    func read(_ text: String, _ format: ImportFormat) throws(RPCError) -> [ImportedRecord] {
        let records =
            switch format.resolved(for: text) {
            case .csv: try csv(text)
            case .jsonl, .auto: try jsonLines(text)
            }
        guard records.count <= maxRecords else {
            throw .badMember(
                "text", "has \(records.count) records; max_import_records is \(maxRecords)")
        }
        return records
    }

    // MARK: - JSON lines

    private func jsonLines(_ text: String) throws(RPCError) -> [ImportedRecord] {
        var records: [ImportedRecord] = []
        var mistakes: [RPCError.FieldError] = []
        var line = 0
        for part in text.split(separator: "\n", omittingEmptySubsequences: false) {
            line += 1
            guard part.contains(where: { !$0.isWhitespace && $0 != "\u{FEFF}" }) else { continue }
            do {
                let value = try JSON.parse(String(part.trimmingPrefix("\u{FEFF}")))
                guard let members = value.object else {
                    mistakes.append(.init(path: "line \(line)", reason: "is no JSON object"))
                    continue
                }
                records.append(ImportedRecord(line: line, members: members, fields: nil))
            } catch {
                mistakes.append(.init(path: "line \(line)", reason: "is no JSON: \(error)"))
            }
        }
        guard mistakes.isEmpty else { throw .badMembers(mistakes) }
        return records
    }

    // MARK: - CSV

    private func csv(_ text: String) throws(RPCError) -> [ImportedRecord] {
        let lines: [CSVReader.Line]
        do throws(CSVReader.Mistake) {
            lines = try CSVReader.lines(of: text)
        } catch {
            throw .badMember("line \(error.line)", error.reason)
        }
        guard let header = lines.first else { return [] }
        try refuseHeader(header)
        var records: [ImportedRecord] = []
        var mistakes: [RPCError.FieldError] = []
        for line in lines.dropFirst() {
            guard line.fields.count == header.fields.count else {
                mistakes.append(
                    .init(
                        path: "line \(line.number)",
                        reason: "has \(line.fields.count) columns, the first line has "
                            + "\(header.fields.count)"))
                continue
            }
            records.append(record(line, header.fields))
        }
        guard mistakes.isEmpty else { throw .badMembers(mistakes) }
        return records
    }

    private func refuseHeader(_ header: CSVReader.Line) throws(RPCError) {
        var mistakes: [RPCError.FieldError] = []
        var seen: Set<String> = []
        let known = kind.columns.map(\.member).filter { $0 != "fields" }
        let hasFields = kind.columns.contains { $0.member == "fields" }
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
        guard mistakes.isEmpty else { throw .badMembers(mistakes) }
    }

    private func record(_ line: CSVReader.Line, _ names: [String]) -> ImportedRecord {
        var record = ImportedRecord(line: line.number, members: [:], fields: nil)
        for (name, text) in zip(names, line.fields) {
            if name.hasPrefix(Self.fieldPrefix) {
                var fields = record.fields ?? [:]
                fields[String(name.dropFirst(Self.fieldPrefix.count))] = Self.typed(text)
                record.fields = fields
            } else {
                record.members[name] = text.isEmpty ? .null : value(text, of: name)
            }
        }
        return record
    }

    /// A number where the member is one; what does not fit is said when the record is checked.
    private func value(_ text: String, of member: String) -> JSON {
        let column = kind.columns.first { $0.member == member }
        guard column?.content == .int, let number = JSON.Number(text: text) else {
            return .string(text)
        }
        return .number(number)
    }

    /// What a cell of a field holds: a number or a truth value where it is written as JSON writes
    /// it, so that `007` and `1,5` stay texts.
    private static func typed(_ text: String) -> JSON {
        if text.isEmpty { return .null }
        if text == "true" || text == "false" { return .bool(text == "true") }
        return JSON.Number(text: text).map(JSON.number) ?? .string(text)
    }
}

/// How a file is written that is imported.
enum ImportFormat: String, Codable, CaseIterable, Sendable {
    /// JSON where the first character is a brace.
    case auto
    case csv, jsonl

    func resolved(for text: String) -> ImportFormat {
        guard self == .auto else { return self }
        let first = text.first { !$0.isWhitespace && $0 != "\u{FEFF}" }
        return first == "{" ? .jsonl : .csv
    }
}
