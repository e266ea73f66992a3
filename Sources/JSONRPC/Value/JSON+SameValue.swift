extension JSON {
    /// Whether both mean the same to whoever reads them: `1`, `1.0` and `1e0` do, although they are
    /// written differently.
    public func hasSameValue(as other: JSON) -> Bool {
        switch (self, other) {
        case (.number(let one), .number(let other)): one.hasSameValue(as: other)
        case (.array(let one), .array(let other)):
            one.count == other.count && zip(one, other).allSatisfy { $0.hasSameValue(as: $1) }
        case (.object(let one), .object(let other)):
            one.count == other.count
                && one.allSatisfy { other[$0.key]?.hasSameValue(as: $0.value) ?? false }
        default: self == other
        }
    }
}

extension JSON.Number {
    /// Whether both are the same number, as exactly as a reader can tell.
    public func hasSameValue(as other: JSON.Number) -> Bool {
        if text == other.text { return true }
        if let one = int, let other = other.int { return one == other }
        return double == other.double
    }
}
