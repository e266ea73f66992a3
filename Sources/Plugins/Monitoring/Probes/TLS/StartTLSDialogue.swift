/// What is said in plain text before TLS begins.
struct StartTLSDialogue: Sendable {
    /// What to do next.
    enum Step: Sendable, Equatable {
        case send([UInt8])
        /// The server has more to say.
        case wait
        /// TLS begins.
        case ready
        /// There will be no TLS, in the server's words.
        case refused(String)
    }

    /// No server says more before TLS.
    private static let maxBytes = 64 << 10

    private let kind: StartTLS
    /// What we say in answer to each of the server's answers but the last.
    private var commands: ArraySlice<String>
    private var received: [UInt8] = []
    private var total = 0

    init(_ kind: StartTLS) {
        self.kind = kind
        commands =
            switch kind {
            case .ftp: ["AUTH TLS\r\n"]
            case .imap: ["a STARTTLS\r\n"]
            case .pop3: ["STLS\r\n"]
            case .postgres: []
            case .smtp: ["EHLO opsloop\r\n", "STARTTLS\r\n"]
            }
    }

    /// What to do once connected.
    func begin() -> Step {
        // The length of the message, and the number that asks for TLS.
        kind == .postgres ? .send([0, 0, 0, 8, 4, 210, 22, 47]) : .wait
    }

    /// Takes what the server said.
    mutating func hear(_ bytes: some Sequence<UInt8>) -> Step {
        let known = received.count
        received += bytes
        total += received.count - known
        guard total < Self.maxBytes else { return .refused("it talks without end") }
        if kind == .postgres { return answerOfPostgres() }
        while let end = received.firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(decoding: received[..<end], as: UTF8.self)
                .filter { !$0.isNewline }
            received.removeSubrange(...end)
            guard isLast(line) else { continue }
            guard isGood(line) else { return .refused(line) }
            if let command = commands.popFirst() { return .send(Array(command.utf8)) }
            return ready
        }
        return .wait
    }

    /// What came with the last answer was said before TLS, and would count as said within it.
    private var ready: Step {
        received.isEmpty ? .ready : .refused("it goes on in plain text")
    }

    private mutating func answerOfPostgres() -> Step {
        guard let first = received.first else { return .wait }
        guard first == UInt8(ascii: "S") else { return .refused("it has no TLS") }
        received.removeFirst()
        return ready
    }

    /// Whether the line ends an answer, which may have several.
    private func isLast(_ line: String) -> Bool {
        switch kind {
        case .ftp, .smtp: line.dropFirst(3).first != "-" && line.prefix(3).allSatisfy(\.isNumber)
        case .imap: line.hasPrefix("a ") || (commands.count == 1 && line.hasPrefix("* "))
        case .pop3, .postgres: true
        }
    }

    private func isGood(_ line: String) -> Bool {
        switch kind {
        case .ftp, .smtp: line.hasPrefix("2")
        case .imap: line.hasPrefix("a OK") || line.hasPrefix("* OK")
        case .pop3: line.hasPrefix("+OK")
        case .postgres: true
        }
    }
}
