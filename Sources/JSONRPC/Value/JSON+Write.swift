extension JSON {
    /// Appends the compact text, on one line.
    public func write(to out: inout [UInt8]) {
        switch self {
        case .null: out.append(ascii: "null")
        case .bool(true): out.append(ascii: "true")
        case .bool(false): out.append(ascii: "false")
        case .number(let number): out.append(bytesOf: number.text)
        case .string(let string): out.append(quoted: string)
        case .array(let elements): Self.write(elements, to: &out)
        case .object(let members): members.write(to: &out)
        }
    }

    /// The compact text, on one line.
    public var text: String {
        var out: [UInt8] = []
        write(to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    /// The text with two spaces of indentation, for people.
    public var prettyText: String {
        var out: [UInt8] = []
        writePretty(to: &out, indentation: 0)
        return String(decoding: out, as: UTF8.self)
    }

    private static func write(_ elements: [JSON], to out: inout [UInt8]) {
        out.append(UInt8(ascii: "["))
        var separate = false
        for element in elements {
            if separate { out.append(UInt8(ascii: ",")) }
            separate = true
            element.write(to: &out)
        }
        out.append(UInt8(ascii: "]"))
    }

    private func writePretty(to out: inout [UInt8], indentation: Int) {
        switch self {
        case .array(let elements) where !elements.isEmpty:
            Self.writeLines(elements, "[", "]", indentation, to: &out) { element, out in
                element.writePretty(to: &out, indentation: indentation + 2)
            }
        case .object(let members) where !members.isEmpty:
            Self.writeLines(members, "{", "}", indentation, to: &out) { member, out in
                out.append(quoted: member.key)
                out.append(ascii: ": ")
                member.value.writePretty(to: &out, indentation: indentation + 2)
            }
        default: write(to: &out)
        }
    }

    private static func writeLines<Parts: Sequence>(
        _ parts: Parts, _ open: StaticString, _ close: StaticString, _ indentation: Int,
        to out: inout [UInt8], _ body: (Parts.Element, inout [UInt8]) -> Void
    ) {
        out.append(ascii: open)
        var separate = false
        for part in parts {
            if separate { out.append(UInt8(ascii: ",")) }
            separate = true
            out.append(lineIndentedBy: indentation + 2)
            body(part, &out)
        }
        out.append(lineIndentedBy: indentation)
        out.append(ascii: close)
    }
}

extension JSON.Object {
    fileprivate func write(to out: inout [UInt8]) {
        out.append(UInt8(ascii: "{"))
        var separate = false
        for (key, value) in self {
            if separate { out.append(UInt8(ascii: ",")) }
            separate = true
            out.append(quoted: key)
            out.append(UInt8(ascii: ":"))
            value.write(to: &out)
        }
        out.append(UInt8(ascii: "}"))
    }
}
