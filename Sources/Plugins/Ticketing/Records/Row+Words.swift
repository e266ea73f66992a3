internal import OpsCore

extension Row {
    /// One of an enum's words.
    func word<Word: RawRepresentable<String>>(_ column: String) throws -> Word {
        let text = try text(column)
        guard let word = Word(rawValue: text) else {
            throw StoreError(.wrongColumn, "the column '\(column)' holds '\(text)'")
        }
        return word
    }

    /// One of an enum's words, or nil for null.
    func optionalWord<Word: RawRepresentable<String>>(_ column: String) throws -> Word? {
        try optionalText(column) == nil ? nil : word(column)
    }
}
