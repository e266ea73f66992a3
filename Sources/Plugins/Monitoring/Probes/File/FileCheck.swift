internal import OpsCore
internal import OpsJSONRPC
internal import OpsPattern

/// Looks at a file, or at all that a pattern stands for.
struct FileCheck: CheckKind {
    static let kind = "file"
    static let summary =
        "Looks at files: whether they are there, age, size, number, content, owner."

    @Param(
        "The full path of a file or folder; *, ? and [...] stand for several.", .length(1...4096),
        .example("/var/backups/*.tar.gz"))
    var path: String
    @Param("Whether it is well that there is something, or that there is nothing.")
    var presence = FilePresence.present
    @Param("What it must be; links are followed.")
    var fileType: FileKind?
    @Param("How many files there must be at least.", .range(0...10_000))
    var minFiles = 1
    @Param("How many files there may be at most.", .present(.range(0...10_000)))
    var maxFiles: Int?
    @Param("Which of several files counts for the age.")
    var ageOf = AgedFile.newest
    @Param("A warning when it was changed that long ago.", .present(.atLeast(1)))
    var ageWarningMs: Int?
    @Param("Critical when it was changed that long ago.", .present(.atLeast(1)))
    var ageCriticalMs: Int?
    @Param("How many bytes each file must have at least.", .present(.atLeast(0)))
    var sizeMinBytes: Int?
    @Param("A warning when the files have so many bytes together.", .present(.atLeast(1)))
    var sizeWarningBytes: Int?
    @Param("Critical when the files have so many bytes together.", .present(.atLeast(1)))
    var sizeCriticalBytes: Int?
    @Param(
        "A regular expression that a line of each file must match in part, as by grep -E.",
        .present(.length(1...1000)))
    var expectContentRegex: String?
    @Param(
        "A regular expression that no line may match in part, as by grep -E.",
        .present(.length(1...1000)))
    var forbidContentRegex: String?
    @Param(
        "Which part of the content that is about; appended is what was added since the last look, "
            + "over renamed and shortened files.")
    var contentPart = ContentPart.whole
    @Param("How much of each file is read for that.", .range(1...64 << 20))
    var maxContentBytes = 1 << 20
    @Param("The user that the files must belong to, by name or number.", .present(.length(1...64)))
    var expectOwner: String?
    @Param("The group that the files must belong to, by name or number.", .present(.length(1...64)))
    var expectGroup: String?
    @Param(
        "The rights that the files must have, as octal digits.", .present(.length(3...4)),
        .example("0640"))
    var expectMode: String?

    func validate() throws(RPCError) {
        try refuse(
            pathProblems + contradictions + patternProblems
                + limits.ageSeconds.problems("age_warning_ms", "age_critical_ms")
                + limits.bytes.problems("size_warning_bytes", "size_critical_bytes"))
    }

    private var pathProblems: [RPCError.FieldError] {
        if !path.hasPrefix("/") {
            return [RPCError.FieldError(path: "path", reason: "must be a full path")]
        }
        return path.utf8.contains(0)
            ? [RPCError.FieldError(path: "path", reason: "must not hold NUL")] : []
    }

    private var contradictions: [RPCError.FieldError] {
        var problems: [RPCError.FieldError] = []
        if let maxFiles, maxFiles < minFiles {
            problems.append(
                RPCError.FieldError(path: "max_files", reason: "must not be below min_files"))
        }
        if let expectMode, mode == nil {
            problems.append(
                RPCError.FieldError(
                    path: "expect_mode", reason: "must be octal digits, not \"\(expectMode)\""))
        }
        if contentPart == .appended, expectContentRegex == nil, forbidContentRegex == nil {
            problems.append(
                RPCError.FieldError(
                    path: "content_part",
                    reason: "needs expect_content_regex or forbid_content_regex"))
        }
        if presence == .absent, limits != FileLimits(presence: .absent) || expectsMore {
            problems.append(
                RPCError.FieldError(
                    path: "presence",
                    reason: "excludes what is expected of a file when it is absent"))
        }
        return problems
    }

    private var expectsMore: Bool {
        expectContentRegex != nil || forbidContentRegex != nil || expectOwner != nil
            || expectGroup != nil
    }

    private var patternProblems: [RPCError.FieldError] {
        [
            ("expect_content_regex", expectContentRegex),
            ("forbid_content_regex", forbidContentRegex),
        ].compactMap { member, text in
            do throws(PatternError) {
                _ = try Self.pattern(text)
                return nil
            } catch {
                return RPCError.FieldError(path: member, reason: "is no pattern: \(error)")
            }
        }
    }

    private static func pattern(_ text: String?) throws(PatternError) -> Pattern? {
        guard let text else { return nil }
        return try Pattern(text, .lines)
    }

    private var mode: UInt32? { expectMode.flatMap { UInt32($0, radix: 8) } }

    private var limits: FileLimits {
        FileLimits(
            presence: presence, kind: fileType,
            count: minFiles...max(maxFiles ?? Int.max, minFiles), agedFile: ageOf,
            ageSeconds: Limits(warningMs: ageWarningMs, criticalMs: ageCriticalMs),
            minBytes: sizeMinBytes,
            bytes: Limits(
                warning: sizeWarningBytes.map { Double($0) },
                critical: sizeCriticalBytes.map { Double($0) }),
            mode: mode)
    }

    func makeProbe(_ tools: ProbeTools) throws -> any Probe {
        let request = FileRequest(
            path: path, owner: expectOwner, group: expectGroup,
            expected: try Self.pattern(expectContentRegex),
            forbidden: try Self.pattern(forbidContentRegex), maxContentBytes: maxContentBytes,
            appended: contentPart == .appended ? AppendedContent() : nil)
        return FileProbe(
            tools, request: request,
            rules: FileRules(
                path: path, limits: limits, expected: expectContentRegex,
                forbidden: forbidContentRegex))
    }
}
