internal import OpsCore
internal import OpsJSONRPC

extension ParamRule {
    /// The list has at least one element.
    static func notEmpty<Element>() -> Self where Value == [Element] {
        Self(
            describe: { $0.schema["minItems"] = 1 },
            complaint: { $0.isEmpty ? "must not be empty" : nil })
    }
}
