import OpsJSONRPC

/// The labels of a series as its row holds them: a JSON object, sorted by name.
enum StoredLabels {
    static func text(of labels: Labels) -> String {
        JSON.object(JSON.Object(labels.pairs.map { ($0.name, .string($0.value)) })).text
    }

    /// Nil when the text is not an object of strings.
    static func labels(in text: String) -> Labels? {
        guard let object = try? JSON.parse(text).object else { return nil }
        var values: [String: String] = [:]
        for (name, value) in object {
            guard let text = value.string else { return nil }
            values[name] = text
        }
        return Labels(values)
    }
}
