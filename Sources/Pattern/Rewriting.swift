internal import CPattern
internal import Glibc

/// A regular expression, and what to make of a text for which it stands: `go_(.*)` and `golang_$1`.
///
/// In the template `$1` to `$9`, or `${1}`, stand for what the parts in parentheses have met, `$0`
/// for the whole text and `$$` for a dollar.
public final class Rewriting: @unchecked Sendable {
    // @unchecked Sendable: `compiled` never changes; RE2 guards what it adds to it while matching.
    private let compiled: OpaquePointer
    private let reference: [UInt8]
    private let maxBytes: Int

    /// Compiles both.
    ///
    /// - Throws: ``PatternError``, also when the template names a part that there is not.
    public init(_ pattern: String, to template: String) throws(PatternError) {
        // It refuses what is too large, and knows how long a text may be.
        maxBytes = try Pattern(pattern).maxBytes
        reference = try Self.reference(template)
        compiled = try Pattern.compile(pattern, .text, captures: true)
        let isKnown = Pattern.withCharacters(of: reference) { opsp_knows(compiled, $0, $1) }
        guard isKnown else {
            throw PatternError(reason: "\"\(template)\" names a part that \"\(pattern)\" has not")
        }
    }

    deinit { opsp_free(compiled) }

    /// What becomes of the value; nil when the expression does not stand for it as a whole.
    public func callAsFunction(_ value: String) -> String? {
        guard value.utf8.count <= maxBytes else { return nil }
        var count = 0
        let result = Pattern.withCharacters(of: value.utf8) { text, size in
            Pattern.withCharacters(of: reference) { reference, referenceSize in
                opsp_rewrite(compiled, text, size, reference, referenceSize, &count)
            }
        }
        guard let result else { return nil }
        defer { free(result) }
        return String(decoding: UnsafeRawBufferPointer(start: result, count: count), as: UTF8.self)
    }

    /// The template as RE2 writes it, with backslashes.
    private static func reference(_ template: String) throws(PatternError) -> [UInt8] {
        var reference: [UInt8] = []
        var rest = Array(template.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\\"): reference += [byte, byte]
            case UInt8(ascii: "$"): reference += try part(&rest, template)
            default: reference.append(byte)
            }
        }
        return reference
    }

    private static func part(
        _ rest: inout ArraySlice<UInt8>, _ template: String
    ) throws(PatternError) -> [UInt8] {
        if rest.first == UInt8(ascii: "$") { return [rest.removeFirst()] }
        let isBraced = rest.first == UInt8(ascii: "{")
        if isBraced { rest.removeFirst() }
        guard let digit = rest.popFirst(), UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit,
            !isBraced || rest.popFirst() == UInt8(ascii: "}")
        else {
            throw PatternError(reason: "in \"\(template)\" a $ is not followed by 0 to 9 or $")
        }
        return [UInt8(ascii: "\\"), digit]
    }
}
