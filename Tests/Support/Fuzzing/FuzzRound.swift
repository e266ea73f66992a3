internal import OpsCore
internal import OpsJSONRPC

/// One connection's worth of inputs: who must be answered, and who was.
final class FuzzRound: @unchecked Sendable {
    // @unchecked Sendable: every stored variable is touched only on the loop's thread.

    private let dispatcher: Dispatcher
    private let session = FuzzSession()
    private let caller: Caller
    /// The ids of the answers that are owed, those of a batch together.
    private var owed: [String] = []
    private var answered: [String] = []
    private var complaints: [String] = []
    private var counted = FuzzTally()

    init(_ dispatcher: Dispatcher) {
        self.dispatcher = dispatcher
        caller = Caller(principal: .system, session: session)
    }

    /// Whether everybody is answered and nothing goes on.
    var isOver: Bool { answered.count >= owed.count && caller.pendingCalls == 0 }

    /// What the inputs have led to.
    var tally: FuzzTally {
        var tally = counted
        tally.notices = session.notices
        return tally
    }

    func begin(_ inputs: [[UInt8]]) {
        for input in inputs { send(input) }
    }

    /// Hangs up, and returns what went wrong; nil when all is well.
    func end() -> String? {
        caller.disconnect()
        session.end()
        if let complaint = (complaints + session.complaints).first { return complaint }
        guard caller.pendingCalls == 0 else { return "\(caller.pendingCalls) calls never ended" }
        let (owed, answered) = (owed.sorted(), answered.sorted())
        return owed == answered ? nil : "owed answers to \(owed), gave them to \(answered)"
    }

    // MARK: - Sending

    private func send(_ input: [UInt8]) {
        var framer = Framer()
        framer.append(input)
        while framer.next() == .frame { answer(framer) }
        if framer.finish() == .frame { answer(framer) }
    }

    private func answer(_ framer: Framer) {
        let message = framer.withFrame { MessageParser.parse($0) }
        if let ids = Self.owed(message) { owed.append(ids) }
        var out: [UInt8] = []
        dispatcher.answer(message, from: caller, into: &out) { [self] line in take(line) }
        take(out)
    }

    private static func owed(_ message: Message) -> String? {
        switch message {
        case .single(let element): return owed(element)
        case .batch(let elements):
            let ids = elements.compactMap(owed)
            return ids.isEmpty ? nil : "[\(ids.joined(separator: " "))]"
        case .emptyBatch: return "null"
        case .batchTooLarge(let id): return "[\(plain(id))]"
        }
    }

    private static func owed(_ element: Incoming) -> String? {
        switch element {
        case .request(let request): request.id.map(plain)
        case .response: nil
        case .invalid(let id, _): plain(id)
        }
    }

    /// An id as it is written without needless escapes.
    private static func plain(_ id: RequestID) -> String {
        (try? JSON.parse(id.text))?.text ?? "an id that is no JSON"
    }

    // MARK: - Answers

    private func take(_ text: [UInt8]) {
        guard text.isEmpty || text.last == UInt8(ascii: "\n") else {
            complaints.append("an answer does not end with its line")
            return
        }
        for line in text.split(separator: UInt8(ascii: "\n")) { takeLine(Array(line)) }
    }

    private func takeLine(_ line: [UInt8]) {
        let options = JSON.ParseOptions(duplicateKeys: .reject)
        guard let answer = try? JSON.parse(line, options) else {
            complaints.append("no JSON: \(String(decoding: line, as: UTF8.self))")
            return
        }
        if let answers = answer.array {
            answered.append("[\(answers.map(note).joined(separator: " "))]")
        } else {
            answered.append(note(answer))
        }
    }

    /// Looks at an answer and returns its id.
    private func note(_ answer: JSON) -> String {
        let members = answer.object?.keys.sorted() ?? []
        let isError = answer["error"]?["code"]?.int != nil
        counted.answers += 1
        counted.results += isError ? 0 : 1
        if members != [isError ? "error" : "result", "id", "jsonrpc"].sorted() {
            complaints.append("no answer: \(answer.text)")
        }
        return answer["id"]?.text ?? "none"
    }
}
