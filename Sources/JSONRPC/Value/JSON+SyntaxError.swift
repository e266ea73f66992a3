extension JSON {
    /// Why a text is not JSON, and where.
    public struct SyntaxError: Error, Sendable, Equatable, CustomStringConvertible {
        /// What is wrong.
        public enum Reason: Sendable, Equatable {
            /// The text ends inside a value.
            case unexpectedEnd
            /// A byte that cannot stand here.
            case unexpectedByte(UInt8)
            /// Something follows the value.
            case trailingBytes
            /// A number that the grammar does not know, as `01`, `+1` or `1.`.
            case invalidNumber
            /// A backslash followed by something other than the grammar's escapes.
            case invalidEscape
            /// A raw control character inside a string.
            case controlCharacter
            /// Bytes in a string that are not UTF-8.
            case invalidUTF8
            /// Half of a surrogate pair, written as an escape.
            case loneSurrogate
            /// More nesting than the options allow.
            case tooDeep
            /// A key that the object has already named.
            case duplicateKey(String)
        }

        /// The byte, counted from 0, at which the text went wrong.
        public var offset: Int
        /// What is wrong there.
        public var reason: Reason

        /// Makes an error.
        public init(offset: Int, reason: Reason) {
            self.offset = offset
            self.reason = reason
        }

        /// The reason in words and the place, as `unexpected end at byte 12`.
        public var description: String { "\(reason) at byte \(offset)" }
    }
}

extension JSON.SyntaxError.Reason: CustomStringConvertible {
    /// The reason in words.
    public var description: String {
        switch self {
        case .unexpectedEnd: "unexpected end"
        case .unexpectedByte(let byte): "unexpected \(Self.name(of: byte))"
        case .trailingBytes: "more text after the value"
        case .invalidNumber: "invalid number"
        case .invalidEscape: "invalid escape"
        case .controlCharacter: "unescaped control character in a string"
        case .invalidUTF8: "invalid UTF-8 in a string"
        case .loneSurrogate: "half of a surrogate pair"
        case .tooDeep: "nested too deep"
        case .duplicateKey(let key): "duplicate key \"\(key)\""
        }
    }

    private static func name(of byte: UInt8) -> String {
        0x21..<0x7F ~= byte
            ? "'\(Unicode.Scalar(byte))'"
            : "byte 0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
}
