internal import OpsJSONRPC
internal import OpsPattern

/// An assertion made ready to be held against answers.
struct ReadyAssertion: Sendable {
    enum Subject: Sendable {
        case status
        case header(String)
        case body
        case json(JSONPath)
        case time(HTTPAssertion.Part)
    }

    /// What has to hold; the flag says whether it has to, or must not.
    enum Wish: Sendable {
        case exists(Bool)
        case equals(JSON, Bool)
        case greater(Double)
        case less(Double)
        case contains(String, Bool)
        case matches(Pattern, Bool)
        case atMost(milliseconds: Double)
    }

    var subject: Subject
    var wishes: [Wish]
    /// The state when one of them does not hold.
    var state: CheckState

    /// Whether the body itself is needed.
    var needsBody: Bool {
        switch subject {
        case .body, .json: true
        case .status, .header, .time: false
        }
    }

    /// What the answer lacks, in a few words each.
    ///
    /// - Parameter document: The body as JSON, or why it is none; asked for at most once.
    func complaints(
        about exchange: HTTPExchange, document: () -> Result<JSON, JSONBody.Failure>
    ) -> [String] {
        switch subject {
        case .status: complaints(about: [.number(JSON.Number(exchange.status))])
        case .header(let name): complaints(about: exchange.header(name).map { [.string($0)] } ?? [])
        case .time(let part): complaints(about: exchange.timings.milliseconds(of: part))
        case .body: wishes.compactMap { $0.complaint(aboutBody: exchange.body) }
        case .json(let path): complaints(about: path, in: document())
        }
    }

    /// Whether what it judges is not there: a header, or a value of a body that is JSON.
    func lacksValue(
        in exchange: HTTPExchange, document: () -> Result<JSON, JSONBody.Failure>
    ) -> Bool {
        let asksForPresence = wishes.contains { if case .exists = $0 { true } else { false } }
        guard !asksForPresence else { return false }
        switch subject {
        case .header(let name): return exchange.header(name) == nil
        case .json(let path):
            guard case .success(let json) = document() else { return false }
            // Too many values are there, in any case.
            return (try? path.values(in: json))?.isEmpty == true
        case .status, .body, .time: return false
        }
    }

    private func complaints(
        about path: JSONPath, in document: Result<JSON, JSONBody.Failure>
    ) -> [String] {
        switch document {
        case .failure(let failure): return ["\(title): \(failure.reason)"]
        case .success(let json):
            do throws(JSONPath.TooMany) {
                return complaints(about: try path.values(in: json))
            } catch {
                return ["\(title) selects more than \(JSONPath.maxNodes) values"]
            }
        }
    }

    private func complaints(about values: [JSON]) -> [String] {
        wishes.compactMap { wish in
            if case .exists(let isWanted) = wish {
                if values.isEmpty { return isWanted ? "there is no \(title)" : nil }
                return isWanted ? nil : "there is \(title)"
            }
            guard !values.isEmpty else { return "there is no \(title)" }
            return values.lazy.compactMap { wish.complaint(about: $0) }.first.map {
                "\(title) \($0)"
            }
        }
    }

    private func complaints(about milliseconds: Double?) -> [String] {
        guard let milliseconds else { return ["there is no \(title)"] }
        return wishes.compactMap { wish in
            guard case .atMost(let limit) = wish, milliseconds > limit else { return nil }
            return "\(title) is \(Readable.twoDecimals(milliseconds)) ms, above "
                + "\(Readable.twoDecimals(limit)) ms"
        }
    }

    private var title: String {
        switch subject {
        case .status: "status"
        case .header(let name): "header \(name)"
        case .body: "the body"
        case .json(let path): path.text
        case .time(let part): "time \(part.rawValue)"
        }
    }
}

extension ReadyAssertion.Wish {
    /// Why a value does not fulfil it; nil when it does.
    fileprivate func complaint(about value: JSON) -> String? {
        let text = value.string ?? value.text
        let shown = value.shown
        switch self {
        case .exists, .atMost: return nil
        case .equals(let wanted, let isWanted):
            guard value.isEqual(to: wanted) != isWanted else { return nil }
            return isWanted ? "is \(shown), not \(wanted.shown)" : "is \(shown)"
        case .greater(let limit):
            guard let number = Double(text) else { return "is \(shown), which is no number" }
            return number > limit ? nil : "is \(shown), not above \(Readable.twoDecimals(limit))"
        case .less(let limit):
            guard let number = Double(text) else { return "is \(shown), which is no number" }
            return number < limit ? nil : "is \(shown), not below \(Readable.twoDecimals(limit))"
        case .contains(let part, let isWanted):
            guard ByteSearch.contains(Array(text.utf8)[...], Array(part.utf8)) != isWanted else {
                return nil
            }
            return isWanted
                ? "is \(shown) and does not contain \"\(part)\""
                : "is \(shown) and contains \"\(part)\""
        case .matches(let pattern, let isWanted):
            guard text.utf8.count <= pattern.maxBytes else {
                return "is too long for /\(pattern.text)/"
            }
            guard pattern.isFound(in: text) != isWanted else { return nil }
            return isWanted
                ? "is \(shown) and does not match /\(pattern.text)/"
                : "is \(shown) and matches /\(pattern.text)/"
        }
    }

    /// Why a body does not fulfil it; nil when it does.
    fileprivate func complaint(aboutBody body: [UInt8]) -> String? {
        switch self {
        case .exists, .atMost, .greater, .less: return nil
        case .equals(let wanted, let isWanted):
            let isSame = body.elementsEqual((wanted.string ?? wanted.text).utf8)
            guard isSame != isWanted else { return nil }
            return "the body is \(isWanted ? "not " : "")\(wanted.shown)"
        case .contains(let part, let isWanted):
            guard ByteSearch.contains(body[...], Array(part.utf8)) != isWanted else { return nil }
            return "the body \(isWanted ? "does not contain" : "contains") \"\(part)\""
        case .matches(let pattern, let isWanted):
            guard body.count <= pattern.maxBytes else {
                return "the body is too long for /\(pattern.text)/"
            }
            guard pattern.isFound(in: body) != isWanted else { return nil }
            return "the body \(isWanted ? "does not match" : "matches") /\(pattern.text)/"
        }
    }
}

extension JSON {
    /// Whether a value is what was wanted: numbers by their value, and a number that came as text,
    /// as in a header, too.
    fileprivate func isEqual(to wanted: JSON) -> Bool {
        if hasSameValue(as: wanted) { return true }
        guard let text = string, let number = wanted.double else { return false }
        return Double(text) == number
    }

    /// The value for a message, not too long.
    fileprivate var shown: String {
        let text = self.text
        return text.count > 100 ? "\(text.prefix(100))..." : text
    }
}
