import OpsJSONRPC

/// What a scalar stands for, by the core schema of YAML 1.2 (section 10.3.2).
enum YAMLScalar {
    static func value(_ text: String, isPlain: Bool, _ event: YAMLEvent) throws -> JSON {
        switch event.tag {
        case nil: return isPlain ? try plain(text, event) : .string(text)
        case "!", "tag:yaml.org,2002:str": return .string(text)
        case "tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool",
            "tag:yaml.org,2002:null":
            return try plain(text, event)
        case let tag?: throw event.refusal("the tag \(tag) means nothing here")
        }
    }

    private static func plain(_ text: String, _ event: YAMLEvent) throws -> JSON {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default: break
        }
        guard let first = text.utf8.first, isNumberStart(first) else { return .string(text) }
        if let number = JSON.Number(text: text) { return .number(number) }
        let unsigned = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        let sign = text.hasPrefix("-") ? -1 : 1
        if ["0x": 16, "0o": 8].keys.contains(String(text.prefix(2))) {
            let radix = text.hasPrefix("0x") ? 16 : 8
            return Int(text.dropFirst(2), radix: radix).map { .number(JSON.Number($0)) }
                ?? .string(text)
        }
        if unsigned.allSatisfy(\.isDigit), let whole = Int(unsigned) {
            return .number(JSON.Number(sign * whole))
        }
        if [".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"].contains(String(unsigned)) {
            throw event.refusal("JSON has no number \(text)")
        }
        let isFloat = unsigned.allSatisfy { $0.isDigit || ".eE+-".contains($0) }
        guard isFloat, let double = Double(text), double.isFinite else { return .string(text) }
        return .number(JSON.Number(double))
    }

    private static func isNumberStart(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || [0x2b, 0x2d, 0x2e].contains(byte)
    }
}

extension Character {
    fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}
