internal import OpsCore
internal import OpsJSONRPC

/// Asks a DNS server and judges the answer.
struct DNSCheck: CheckKind {
    static let kind = "dns"
    static let summary = "Asks a DNS server and looks at the answers, their serial and the time."

    @Param(
        "The name to ask for; for a PTR record also the address.", .length(1...255),
        .example("example.org"))
    var query: String
    @Param("The type of the records to ask for.")
    var recordType = DNSRecordType.a
    @Param(
        "The server to ask, by name or address; left out, those of the system.",
        .present(.length(1...255)))
    var server: String?
    @Param("The port of the server.", .range(1...65_535))
    var serverPort = 53
    @Param("How to ask: udp, which goes over to tcp when the answer does not fit, or tcp at once.")
    var transport = DNSTransport.udp
    @Param("Whether the server may ask others on our behalf.")
    var recursion = true
    @Param("The response code that is well.")
    var expectRcode = DNSResponseCode.noerror
    @Param(
        "Answers that are expected, written as in a zone file: an address, a name, \"10 mail.example.org\" "
            + "for MX; for TXT the text.")
    var expectAnswers: [String] = []
    @Param("Whether all of expect_answers must be there, any of them, or exactly these.")
    var answersMatch = DNSAnswerMatch.all
    @Param("How many answers there must be at least.", .range(0...1000))
    var minAnswers = 1
    @Param("How many answers there may be at most.", .present(.range(0...1000)))
    var maxAnswers: Int?
    @Param(
        "The serial that an SOA record must have reached, by the arithmetic of RFC 1982.",
        .present(.range(0...4_294_967_295)))
    var minSerial: Int?
    @Param("Whether the server must answer by its own authority.")
    var expectAuthoritative = false
    @Param("A warning when the answer takes that long.", .present(.atLeast(1)))
    var slowWarningMs: Int?
    @Param("Critical when the answer takes that long.", .present(.atLeast(1)))
    var slowCriticalMs: Int?

    func validate() throws(RPCError) {
        try refuse(
            queryProblems + answerProblems + expectationProblems
                + slowness.problems("slow_warning_ms", "slow_critical_ms"))
    }

    private var question: DNSQuestion {
        DNSQuestion(query, recordType, wantsRecursion: recursion)
    }

    private var queryProblems: [RPCError.FieldError] {
        question.problem.map { [RPCError.FieldError(path: "query", reason: $0)] } ?? []
    }

    private var answerProblems: [RPCError.FieldError] {
        expectAnswers.enumerated().compactMap { index, text in
            DNSAnswer.problem(text, recordType).map {
                RPCError.FieldError(path: "expect_answers[\(index)]", reason: $0)
            }
        }
    }

    private var expectationProblems: [RPCError.FieldError] {
        var problems: [RPCError.FieldError] = []
        func refuse(_ path: String, _ reason: String, when isWrong: Bool) {
            if isWrong { problems.append(RPCError.FieldError(path: path, reason: reason)) }
        }
        refuse(
            "expect_answers", "needs expect_rcode noerror",
            when: expectRcode != .noerror && !expectAnswers.isEmpty)
        refuse(
            "max_answers", "must not be below min_answers",
            when: maxAnswers.map { $0 < minAnswers } ?? false)
        refuse(
            "min_serial", "needs record_type SOA and expect_rcode noerror",
            when: minSerial != nil && (recordType != .soa || expectRcode != .noerror))
        return problems
    }

    private var slowness: Limits {
        Limits(warningMs: slowWarningMs, criticalMs: slowCriticalMs)
    }

    func makeProbe(_ tools: ProbeTools) -> any Probe {
        let rules = DNSRules(
            question: question, server: server.map { "\($0) port \(serverPort)" },
            responseCode: expectRcode,
            answers: expectAnswers.map { DNSAnswer.normalized($0, recordType) },
            match: answersMatch, counts: minAnswers...max(maxAnswers ?? Int.max, minAnswers),
            minSerial: minSerial.map { UInt32($0) }, needsAuthority: expectAuthoritative,
            seconds: slowness)
        return DNSProbe(
            tools, question: question, server: server, port: serverPort, transport: transport,
            rules: rules)
    }
}
