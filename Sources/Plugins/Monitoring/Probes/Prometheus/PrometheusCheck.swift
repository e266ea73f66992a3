internal import OpsCore
internal import OpsJSONRPC

/// Scrapes metrics that a program exposes, and stores the series under their own names.
struct PrometheusCheck: CheckKind {
    static let kind = "prometheus"
    static let summary =
        "Scrapes metrics in Prometheus' text format or OpenMetrics and stores them."

    @Param(
        "The address to ask, http or https.", .positional, .length(1...2000),
        .example("http://localhost:9100/metrics"))
    var url: String
    @Param("Headers of the request by name; kept secret, because they may hold a token.", .secret)
    var headers: [String: String] = [:]
    @Param("The user for basic authentication.", .present(.length(1...200)))
    var username: String?
    @Param("The password for basic authentication.", .present(.length(0...1000)), .secret)
    var password: String?
    @Param("Whether redirects are followed.")
    var followRedirects = true
    @Param("Whether the server's certificate must be valid.")
    var verifyTLS = true
    @Param("A file of certificates to trust instead of the system's, by its full path.")
    var caFile: String?
    @Param(
        "The label instance of every series; host and port of the address when left out.",
        .present(.length(1...500)))
    var instance: String?
    @Param("Further labels of every series.")
    var addLabels: [String: String] = [:]
    @Param(
        "Whether a label of the exposition wins over check, instance and add_labels; else it is "
            + "renamed to exported_...")
    var honorLabels = false
    @Param("Whether timestamps of the exposition are taken, instead of the time of the scrape.")
    var honorTimestamps = true
    @Param(
        "Selectors of which a series must match one to be stored; all are when there are none.",
        .example("{__name__=~\"node_(cpu|memory)_.*\"}"))
    var keep: [String] = []
    @Param("Selectors of series that are not stored.", .example("go_gc_duration_seconds"))
    var drop: [String] = []
    @Param(
        "Other names for metrics and labels, one rule after the other.", .items(of: RenameRule.self)
    )
    var rename: [JSON] = []
    @Param(
        "What the scrape has to hold; a value that is not there is missing, as on_missing says.",
        .items(of: ScrapeAssertion.self))
    var assertions: [JSON] = []
    @Param(
        "How many samples a scrape may have after keep and drop; one with more is refused.",
        .range(1...1_000_000))
    var sampleLimit = 50_000
    @Param(
        "How many different series there may be within an hour; a scrape beyond is refused.",
        .range(1...10_000_000))
    var seriesLimit = 100_000
    @Param("How many labels a series may have; else the scrape is refused.", .range(1...1000))
    var labelLimit = 64
    @Param("How many bytes a label's name may have; else the scrape is refused.", .range(1...8000))
    var labelNameLengthLimit = 200
    @Param("How many bytes a label's value may have; else the scrape is refused.", .range(1...8000))
    var labelValueLengthLimit = 2000
    @Param(
        "How many bytes the exposition may have, unpacked; else it is refused.", .range(1...1 << 30)
    )
    var maxScrapeBytes = 32 << 20

    func validate() throws(RPCError) {
        var problems = HTTPAddress.problems(url) + HTTPHeaders.problems(headers)
        problems += HTTPLogin.problems(username, password)
        if caFile.map({ $0.hasPrefix("/") }) == false {
            problems.append(.init(path: "ca_file", reason: "must be a full path"))
        }
        for name in addLabels.keys.sorted() where name.isEmpty || Self.reserved.contains(name) {
            problems.append(.init(path: "add_labels.\(name)", reason: "cannot be set"))
        }
        _ = filters(keep, "keep", &problems)
        _ = filters(drop, "drop", &problems)
        _ = renameRules(&problems)
        _ = readAssertions(&problems)
        try refuse(problems)
    }

    private static let reserved = [SeriesKey.nameLabel, ScrapeRules.checkLabel]

    private func filters(
        _ selectors: [String], _ name: String, _ problems: inout [RPCError.FieldError]
    ) -> [LabelTest] {
        var filters: [LabelTest] = []
        for (index, selector) in selectors.enumerated() {
            do {
                filters.append(try LabelTest(try SeriesSelector.parse(selector)))
            } catch {
                problems.append(.init(path: "\(name)[\(index)]", reason: "\(error)"))
            }
        }
        return filters
    }

    private func renameRules(_ problems: inout [RPCError.FieldError]) -> [RenameRule] {
        DeclaredList.read(RenameRule.self, rename, at: "rename", &problems) { $0.problems }
    }

    private func readAssertions(_ problems: inout [RPCError.FieldError]) -> [ScrapeAssertion] {
        DeclaredList.read(ScrapeAssertion.self, assertions, at: "assertions", &problems) {
            $0.problems
        }
    }

    func makeProbe(_ tools: ProbeTools) throws -> any Probe {
        // Validated already: there are none.
        var problems: [RPCError.FieldError] = []
        let rules = ScrapeRules(
            labels: addLabels.merging(["instance": instance ?? HTTPAddress.authority(url)]) {
                own, _ in
                own
            },
            honorsLabels: honorLabels, honorsTimestamps: honorTimestamps,
            keep: filters(keep, "keep", &problems), drop: filters(drop, "drop", &problems),
            renamings: try renameRules(&problems).map { try $0.ready() },
            limits: ScrapeLimits(
                samples: sampleLimit, series: seriesLimit, labels: labelLimit,
                labelNameBytes: labelNameLengthLimit, labelValueBytes: labelValueLengthLimit),
            assertions: try readAssertions(&problems).map { try $0.ready() })
        return PrometheusProbe(tools, request: request, rules: rules)
    }

    private var request: HTTPRequest {
        var request = HTTPRequest(url: url)
        request.headers =
            HTTPHeaders.lines(headers)
            + ["Accept: \(ExpositionFormat.accept)", "Accept-Encoding: gzip"]
        request.login = HTTPLogin(username, password)
        request.maxRedirects = followRedirects ? 10 : 0
        request.verifiesTLS = verifyTLS
        request.caFile = caFile
        request.maxBodyBytes = maxScrapeBytes
        request.keepsBody = true
        request.keepsHeaders = true
        return request
    }
}
