extension JSON {
    /// What the parser accepts beyond the grammar, which is never negotiable.
    public struct ParseOptions: Sendable {
        /// What happens when an object names a key twice.
        public enum DuplicateKeys: Sendable {
            /// The last value wins, as most parsers have it.
            case lastWins
            /// The text is refused with `duplicateKey`.
            case reject
        }

        /// How deep arrays and objects may nest; never more than 1024, so that no text can
        /// exhaust the stack.
        public var maxDepth: Int
        /// What happens when an object names a key twice.
        public var duplicateKeys: DuplicateKeys

        /// Makes options.
        public init(maxDepth: Int = 128, duplicateKeys: DuplicateKeys = .lastWins) {
            self.maxDepth = maxDepth
            self.duplicateKeys = duplicateKeys
        }
    }

    /// Reads one JSON text by RFC 8259, strictly: UTF-8 only, no byte order mark.
    public static func parse(
        _ bytes: UnsafeBufferPointer<UInt8>, _ options: ParseOptions = ParseOptions()
    ) throws(SyntaxError) -> JSON {
        var parser = JSONParser(bytes, maxDepth: options.maxDepth)
        let value = try parser.document()
        if options.duplicateKeys == .reject, let duplicate = try parser.takeDuplicate() {
            throw SyntaxError(offset: duplicate.offset, reason: .duplicateKey(duplicate.key))
        }
        return value
    }

    /// Reads one JSON text by RFC 8259, strictly: UTF-8 only, no byte order mark.
    public static func parse(
        _ bytes: [UInt8], _ options: ParseOptions = ParseOptions()
    ) throws(SyntaxError) -> JSON {
        try bytes.withUnsafeBufferPointer { buffer throws(SyntaxError) in
            try parse(buffer, options)
        }
    }

    /// Reads one JSON text by RFC 8259, strictly.
    public static func parse(
        _ text: String, _ options: ParseOptions = ParseOptions()
    ) throws(SyntaxError) -> JSON {
        try parse([UInt8](text.utf8), options)
    }
}
