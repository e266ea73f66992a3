/// A person's words as an expression of FTS5, which can never be a syntax error.
///
/// Everything is quoted, so that operators, brackets and column names are only words.
struct SearchExpression {
    /// How many words count; the engine's parser has a limit of its own that nobody should meet.
    static let maxTerms = 64

    /// The expression; nil when the text holds nothing to look for.
    let text: String?
    /// How many words or phrases it has.
    let count: Int
    /// Whether a beginning is looked for that the index has no list of.
    ///
    /// It has those of three characters. Those of two would cost each write nearly as much as all words.
    let hasLongSearch: Bool

    /// A word, or the words between quotes.
    private struct Term {
        var words = ""
        var isPrefix = false
    }

    /// Translates what a person typed.
    ///
    /// - Throws: ``StoreError`` with the code `invalid_argument` for more than ``maxTerms`` words.
    init(_ input: String) throws {
        let terms = Self.terms(of: input).filter(Self.hasWord)
        guard terms.count <= Self.maxTerms else {
            throw StoreError(
                .invalidArgument,
                "the search has \(terms.count) words; \(Self.maxTerms) are allowed")
        }
        let quoted = terms.map { "\"\($0.words)\"" + ($0.isPrefix ? " *" : "") }
        count = quoted.count
        text = quoted.isEmpty ? nil : quoted.joined(separator: " AND ")
        hasLongSearch = terms.contains { term in
            term.isPrefix && Self.lastWord(of: term).count != 3
        }
    }

    /// Cuts at blanks, quotes and stars; between quotes only at the closing one, and a quote that
    /// is never closed goes to the end.
    private static func terms(of input: String) -> [Term] {
        var terms: [Term] = [Term()]
        var isQuoted = false
        var isEnded = false
        for scalar in input.unicodeScalars {
            if scalar == "*", !isQuoted {
                terms[terms.count - 1].isPrefix = true
                isEnded = true
            } else if scalar == "\"" {
                isQuoted.toggle()
                if isQuoted { terms.append(Term()) }
                // The phrase is whole, but a star may follow it.
                isEnded = !isQuoted
            } else if isBlank(scalar), !isQuoted {
                terms.append(Term())
                isEnded = false
            } else {
                if isEnded { terms.append(Term()) }
                isEnded = false
                terms[terms.count - 1].words.unicodeScalars.append(isBlank(scalar) ? " " : scalar)
            }
        }
        return terms
    }

    /// The word of a term that a star makes a beginning.
    private static func lastWord(of term: Term) -> Substring.UnicodeScalarView {
        term.words.unicodeScalars.split { !isWordCharacter($0) }.last ?? "".unicodeScalars[...]
    }

    /// Whether the engine would see a word in it.
    private static func hasWord(_ term: Term) -> Bool {
        term.words.unicodeScalars.contains(where: isWordCharacter)
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
