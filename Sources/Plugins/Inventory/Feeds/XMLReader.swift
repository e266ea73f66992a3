internal import CExpat

/// Reads an XML document from its beginning to its end, by expat.
///
/// Nothing is fetched, and a document that declares entities or attributes of its own is refused: they are
/// what bombs are made of, and no report needs them.
enum XMLReader {
    /// What is met on the way; text between elements is not, since reports say all in attributes.
    enum Piece: Equatable, Sendable {
        case begin(String, [String: String])
        case end(String)
    }

    /// What is wrong, and where.
    struct Mistake: Error, Equatable {
        /// The number of the line, from 1.
        var line: Int
        /// What is wrong there.
        var reason: String
    }

    /// How deep elements may be nested.
    private static let maxDepth = 64

    /// Hands over the pieces of a document, each with its line.
    static func read(
        _ text: String, _ take: @escaping (_ line: Int, Piece) -> Void
    ) throws(Mistake) {
        // The text is UTF-8 by now, whatever it was and says it is.
        guard let parser = XML_ParserCreate("UTF-8") else {
            throw Mistake(line: 1, reason: "cannot be read: there is no memory left")
        }
        defer { XML_ParserFree(parser) }
        let run = Run(parser, take)
        XML_SetUserData(parser, Unmanaged.passUnretained(run).toOpaque())
        XML_SetElementHandler(
            parser, { Run.of($0).begin($1, $2) }, { Run.of($0).end($1) })
        XML_SetEntityDeclHandler(parser) { run, _, _, _, _, _, _, _, _ in
            Run.of(run).refuse("declares an entity, which no report needs")
        }
        XML_SetAttlistDeclHandler(parser) { run, _, _, _, _, _ in
            Run.of(run).refuse("declares an attribute, which no report needs")
        }
        try withExtendedLifetime(run) { () throws(Mistake) in try parse(text, parser, run) }
    }

    private static func parse(
        _ text: String, _ parser: XML_Parser, _ run: Run
    ) throws(Mistake) {
        var text = text
        let status = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                XML_Parse(parser, $0.baseAddress, CInt(clamping: $0.count), 1)
            }
        }
        if let mistake = run.mistake { throw mistake }
        guard status == XML_STATUS_OK else {
            let words = String(cString: XML_ErrorString(XML_GetErrorCode(parser)))
            throw Mistake(line: run.line, reason: "is no whole XML: \(words)")
        }
    }

    /// What expat's callbacks work on.
    private final class Run {
        private(set) var mistake: Mistake?
        private let parser: XML_Parser
        private let take: (Int, Piece) -> Void
        private var depth = 0

        init(_ parser: XML_Parser, _ take: @escaping (Int, Piece) -> Void) {
            self.parser = parser
            self.take = take
        }

        static func of(_ pointer: UnsafeMutableRawPointer?) -> Run {
            guard let pointer else { preconditionFailure("expat has lost its user data.") }
            return Unmanaged<Run>.fromOpaque(pointer).takeUnretainedValue()
        }

        var line: Int { Int(XML_GetCurrentLineNumber(parser)) }

        func begin(
            _ name: UnsafePointer<CChar>?,
            _ attributes: UnsafeMutablePointer<UnsafePointer<CChar>?>?
        ) {
            guard mistake == nil, let name else { return }
            depth += 1
            guard depth <= maxDepth else {
                return refuse("is nested deeper than \(maxDepth) elements")
            }
            take(line, .begin(String(cString: name), Self.members(attributes)))
        }

        func end(_ name: UnsafePointer<CChar>?) {
            guard mistake == nil, let name else { return }
            depth -= 1
            take(line, .end(String(cString: name)))
        }

        func refuse(_ reason: String) {
            guard mistake == nil else { return }
            mistake = Mistake(line: line, reason: reason)
            XML_StopParser(parser, XML_Bool(XML_FALSE))
        }

        /// Names and values by turns, up to the first that is not there.
        private static func members(
            _ list: UnsafeMutablePointer<UnsafePointer<CChar>?>?
        ) -> [String: String] {
            var members: [String: String] = [:]
            guard var next = list else { return members }
            while let name = next[0], let value = next[1] {
                members[String(cString: name)] = String(cString: value)
                next += 2
            }
            return members
        }
    }
}
