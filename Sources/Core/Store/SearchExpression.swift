/// A person's words as an expression of FTS5, which can never be a syntax error.
///
/// Everything is quoted, so that operators, brackets and column names are only words.
struct SearchExpression {
    /// How many words count; the engine's parser has a limit of its own that nobody should meet.
    static let maxTerms = 64

    /// The expression; nil when the text holds nothing to look for.
    let text: String?

    /// Translates what a person typed.
    ///
    /// - Throws: ``StoreError`` with the code `invalid_argument` for more than ``maxTerms`` words.
    init(_ input: String) throws {
        let terms = Self.split(input).compactMap(Self.term)
        guard terms.count <= Self.maxTerms else {
            throw StoreError(
                .invalidArgument,
                "the search has \(terms.count) words; \(Self.maxTerms) are allowed")
        }
        text = terms.isEmpty ? nil : terms.joined(separator: " AND ")
    }

    /// Cuts at blanks, except between quotes; a quote that is never closed goes to the end.
    private static func split(_ input: String) -> [String] {
        var terms = [""]
        var isQuoted = false
        for scalar in input.unicodeScalars {
            switch scalar {
            case "\"":
                isQuoted.toggle()
                // A phrase ends here, but a star may follow it.
                if isQuoted { terms.append("") }
            case "*" where !isQuoted:
                terms[terms.count - 1].unicodeScalars.append(scalar)
            case _ where isBlank(scalar) && !isQuoted:
                terms.append("")
            case _ where isBlank(scalar):
                terms[terms.count - 1].unicodeScalars.append(" ")
            default:
                terms[terms.count - 1].unicodeScalars.append(scalar)
            }
        }
        return terms
    }

    /// Quotes one word or phrase; nil when the engine would see no word in it.
    private static func term(_ raw: String) -> String? {
        guard raw.unicodeScalars.contains(where: isWordCharacter) else { return nil }
        let isPrefix = raw.hasSuffix("*")
        return "\"\(raw)\"" + (isPrefix ? " *" : "")
    }

    /// Controls count as blanks: the engine reads the expression as a C string, which ends at NUL.
    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || scalar.properties.generalCategory == .control
    }

    /// The characters that the tokenizer unicode61 makes words of.
    private static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber, .letterNumber, .otherNumber, .privateUse:
            true
        default: false
        }
    }
}
