import OpsJSONRPC

/// Picks members out of records, by paths like `labels.env`.
enum Fields {
    static func value(_ path: String, in record: JSON) -> JSON? {
        if let direct = record[path] { return direct }
        return path.split(separator: ".").reduce(record) { $0?[String($1)] }
    }

    /// The records of a list, or the record itself, with only these members.
    static func select(_ fields: [String], from result: JSON, isList: Bool = true) -> JSON {
        guard !fields.isEmpty else { return result }
        guard isList, let items = result["items"]?.array, var list = result.object else {
            return pick(fields, result)
        }
        list["items"] = .array(items.map { pick(fields, $0) })
        return .object(list)
    }

    private static func pick(_ fields: [String], _ record: JSON) -> JSON {
        var picked = JSON.Object()
        for field in fields {
            if let value = value(field, in: record) { picked[field] = value }
        }
        return .object(picked)
    }

    /// The first field that no record has, which is most likely a typing mistake.
    static func unknown(_ fields: [String], in records: [JSON]) -> String? {
        guard !records.isEmpty else { return nil }
        return fields.first { field in
            !records.contains { value(field, in: $0) != nil }
        }
    }
}
