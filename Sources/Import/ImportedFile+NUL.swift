internal import Glibc
internal import OpsJSONRPC

extension ImportedFile {
    /// Leaves out the records that hold a NUL, which no text of a database may.
    ///
    /// It is a mistake of its line and member; found when the text is bound, it would be that of no line.
    ///
    /// - Parameter text: What the records were read from.
    public mutating func refuseNULs(in text: String) {
        // Hardly any text has one, and to look at it as a whole takes a fraction of the time.
        guard Self.mayHoldNUL(text) else { return }
        var kept: [ImportedRecord] = []
        for record in records {
            guard let member = record.memberWithNUL else {
                kept.append(record)
                continue
            }
            mistakes.append(
                .init(
                    path: "line \(record.line): \(member)",
                    reason: "holds a NUL character, which no text may"))
        }
        records = kept
        // Whoever reads a hundred mistakes wants the first ones, whatever is wrong with them.
        mistakes.sort { ($0.line ?? 0) < ($1.line ?? 0) }
    }

    /// Whether there is a NUL, or what JSON writes for one.
    private static func mayHoldNUL(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            guard let start = bytes.baseAddress else { return false }
            if memchr(start, 0, bytes.count) != nil { return true }
            var rest = bytes[...]
            while let backslash = rest.firstIndex(of: UInt8(ascii: "\\")) {
                rest = rest[backslash...].dropFirst()
                if rest.starts(with: "u0000".utf8) { return true }
            }
            return false
        }
    }
}

extension ImportedRecord {
    /// The first member with a NUL in its text, or in its name.
    fileprivate var memberWithNUL: String? {
        for (name, value) in Array(members) + Array(initial ?? [:]) where JSON.holdsNUL(name, value)
        {
            return name
        }
        for (name, value) in fields ?? [:] where JSON.holdsNUL(name, value) {
            return "fields.\(name)"
        }
        return nil
    }
}

extension JSON {
    fileprivate static func holdsNUL(_ name: String, _ value: JSON) -> Bool {
        name.utf8.contains(0) || value.holdsNUL
    }

    private var holdsNUL: Bool {
        switch self {
        case .string(let text): text.utf8.contains(0)
        case .array(let values): values.contains(where: \.holdsNUL)
        case .object(let members): members.contains { Self.holdsNUL($0.key, $0.value) }
        case .null, .bool, .number: false
        }
    }
}
