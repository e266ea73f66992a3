internal import OpsCore
internal import OpsJSONRPC

/// The labels of made checks as JSON; those of a target's checks are mostly the same.
struct LabelTexts {
    private var target: Int?
    private var text = SQLValue.null

    mutating func text(of check: StoredCheck) -> SQLValue {
        let definition = check.definition
        guard definition.hasTargetLabels, let maker = check.maker else {
            return Self.text(of: definition.labels)
        }
        if target != maker.target {
            target = maker.target
            text = Self.text(of: definition.labels)
        }
        return text
    }

    private static func text(of labels: [String: String]) -> SQLValue {
        JSON.object(JSON.Object(texts: labels)).sqlValue
    }
}
