/// A condition on one label of a series; a series without the label has it as the empty string.
public struct LabelMatcher: Sendable, Hashable, CustomStringConvertible {
    /// How value and label are compared.
    public enum Operation: String, Sendable, Hashable, CaseIterable {
        /// The label is exactly the value.
        case equal = "="
        /// The label is anything but the value.
        case notEqual = "!="
        /// The whole label matches the regular expression.
        case matches = "=~"
        /// The whole label does not match the regular expression.
        case doesNotMatch = "!~"
    }

    /// The label's name; `__name__` for the name of the metric.
    public let name: String
    /// How the label is compared.
    public let operation: Operation
    /// The text or the regular expression to compare with.
    public let value: String

    /// Makes a matcher; a regular expression is checked when the matcher is used.
    public init(_ name: String, _ operation: Operation, _ value: String) {
        self.name = name
        self.operation = operation
        self.value = value
    }

    /// Makes the matcher for the metric called `name`.
    public static func metric(_ name: String) -> LabelMatcher {
        LabelMatcher(SeriesKey.nameLabel, .equal, name)
    }

    /// The matcher as it stands in a selector, such as `device=~"eth.*"`.
    public var description: String {
        let name = Self.isPlain(self.name) ? self.name : Self.quoted(self.name)
        return name + self.operation.rawValue + Self.quoted(self.value)
    }

    /// Whether a selector may hold `name` without quotes.
    private static func isPlain(_ name: String) -> Bool {
        name.utf8.enumerated().allSatisfy { SelectorParser.isWord($1, first: $0 == 0) }
    }

    private static func quoted(_ value: String) -> String {
        var text = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
