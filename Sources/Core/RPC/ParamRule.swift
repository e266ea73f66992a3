internal import OpsJSONRPC

/// A limit on a member's value, or a hint for the command line; both end in the schema.
public struct ParamRule<Value: Sendable>: Sendable {
    let describe: @Sendable (inout FieldTraits) -> Void
    let complaint: @Sendable (Value) -> String?
    /// Whether it refuses any value, beside describing them.
    let judges: Bool

    /// Makes a rule of your own: how it shows in the schema, and what it says about a bad value.
    public init(
        describe: @escaping @Sendable (inout FieldTraits) -> Void = { _ in },
        complaint: (@Sendable (Value) -> String?)? = nil
    ) {
        self.describe = describe
        self.complaint = complaint ?? { _ in nil }
        judges = complaint != nil
    }

    /// The command line takes this member without its option name, in the order of declaration.
    public static var positional: Self { Self(describe: { $0.isPositional = true }) }

    /// The command line takes everything after `--` for this member.
    public static var rest: Self { Self(describe: { $0.isRest = true }) }

    /// The value is a secret: never logged, never shown, never in an audit row.
    public static var secret: Self { Self(describe: { $0.isSecret = true }) }

    /// An example for the help text.
    public static func example(_ text: String) -> Self {
        Self(describe: { $0.schema["examples"] = [.string(text)] })
    }
}

extension ParamRule where Value: Comparable, Value: Numeric {
    /// The number lies in `range`, ends included.
    public static func range(_ range: ClosedRange<Value>) -> Self where Value: Encodable {
        Self(
            describe: { traits in
                traits.schema["minimum"] = try? JSON(encoding: range.lowerBound)
                traits.schema["maximum"] = try? JSON(encoding: range.upperBound)
            },
            complaint: { value in
                range.contains(value)
                    ? nil : "must be \(range.lowerBound) to \(range.upperBound), not \(value)"
            })
    }

    /// The number is at least `bound`.
    public static func atLeast(_ bound: Value) -> Self where Value: Encodable {
        Self(
            describe: { $0.schema["minimum"] = try? JSON(encoding: bound) },
            complaint: { $0 >= bound ? nil : "must be at least \(bound), not \($0)" })
    }
}

extension ParamRule where Value == String {
    /// The text is the content of a file, which the command line reads from `@FILE` or `-`; in
    /// base64 where the encoding says so.
    public static func file(_ mediaType: String, encoding: String? = nil) -> Self {
        Self(describe: { traits in
            traits.schema["contentMediaType"] = .string(mediaType)
            traits.schema["contentEncoding"] = encoding.map(JSON.string)
        })
    }

    /// The text is of a form that can be said in a few words.
    public static func matching(
        _ words: String, _ isMatch: @escaping @Sendable (String) -> Bool
    ) -> Self {
        Self(complaint: { isMatch($0) ? nil : "must be \(words), not \"\($0)\"" })
    }

    /// The text has that many characters.
    public static func length(_ range: ClosedRange<Int>) -> Self {
        Self(
            describe: { traits in
                traits.schema["minLength"] = .number(JSON.Number(range.lowerBound))
                traits.schema["maxLength"] = .number(JSON.Number(range.upperBound))
            },
            complaint: { text in
                // JSON Schema counts Unicode code points, so we do.
                let count = text.unicodeScalars.count
                return range.contains(count)
                    ? nil
                    : "must have \(range.lowerBound) to \(range.upperBound) characters, not \(count)"
            })
    }
}

extension ParamRule {
    /// Applies a rule for the plain type to an optional member, where there is a value.
    public static func present<Plain: Sendable>(_ rule: ParamRule<Plain>) -> Self
    where Value == Plain? {
        guard rule.judges else { return Self(describe: rule.describe) }
        return Self(describe: rule.describe, complaint: { $0.flatMap(rule.complaint) })
    }
}
