extension JSON {
    /// Appends the canonical text: compact, the members of each object in the order of their keys'
    /// bytes.
    ///
    /// Equal values have equal canonical texts. Numbers stay as they were written.
    public func writeCanonical(to out: inout [UInt8]) {
        switch self {
        case .null, .bool, .number, .string: write(to: &out)
        case .array(let elements):
            Self.writeCanonical(elements, "[", "]", to: &out) { $0.writeCanonical(to: &$1) }
        case .object(let members):
            let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            Self.writeCanonical(sorted, "{", "}", to: &out) { member, out in
                out.append(quoted: member.key)
                out.append(UInt8(ascii: ":"))
                member.value.writeCanonical(to: &out)
            }
        }
    }

    private static func writeCanonical<Part>(
        _ parts: [Part], _ open: StaticString, _ close: StaticString, to out: inout [UInt8],
        _ body: (Part, inout [UInt8]) -> Void
    ) {
        out.append(ascii: open)
        for (index, part) in parts.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            body(part, &out)
        }
        out.append(ascii: close)
    }
}
