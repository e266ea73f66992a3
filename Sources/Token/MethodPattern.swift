/// Which methods are meant: `check.list`, `check.*`, or `*`.
public struct MethodPattern: Sendable, Hashable {
    /// The pattern as it was written.
    public let text: String
    private let kind: Kind

    private enum Kind: Hashable { case all, exactly, below(String) }

    /// Reads a pattern; nil unless it is a method's name, a name before `.*`, or `*` alone.
    public init?(_ text: String) {
        self.text = text
        if text == "*" {
            kind = .all
        } else if text.hasSuffix(".*") {
            kind = .below(String(text.dropLast()))
            if !Self.isName(text.dropLast(2)) { return nil }
        } else {
            kind = .exactly
            if !Self.isName(text[...]) { return nil }
        }
    }

    /// Whether the method is one of these.
    public func matches(_ method: String) -> Bool {
        switch kind {
        case .all: true
        case .exactly: method == text
        case .below(let prefix): method.hasPrefix(prefix)
        }
    }

    private static func isName(_ text: Substring) -> Bool {
        text.utf8.count <= 200
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { word in
                !word.isEmpty && word.utf8.allSatisfy(isWordByte)
            }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
