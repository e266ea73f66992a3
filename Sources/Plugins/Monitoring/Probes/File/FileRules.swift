internal import OpsJSONRPC

/// Decides what the files mean.
struct FileRules: Sendable {
    /// What there is to say when the file system takes too long.
    static let silence = "the file system does not answer"

    /// As it was given, with its stars.
    let path: String
    let limits: FileLimits
    var expected: String?
    var forbidden: String?

    /// Returns state, words and measurements.
    func judge(_ snapshot: FileSnapshot, now: Instant, seconds: Double) -> CheckResult {
        if let obstacle = snapshot.obstacle {
            let state: CheckState = obstacle == Self.silence ? .critical : .unknown
            return CheckResult(path, [Problem(state, obstacle)], seconds: seconds)
        }
        let ages = snapshot.files.map { Self.age($0, now) }
        return CheckResult(
            summary(snapshot.files, ages), problems(snapshot, ages),
            measurements: measurements(snapshot.files, ages), seconds: seconds)
    }

    private static func age(_ file: FileFacts, _ now: Instant) -> Double {
        Double(now.milliseconds - file.changed.milliseconds) / 1000
    }

    private static func total(_ files: [FileFacts]) -> Double {
        files.reduce(0) { $0 + Double($1.bytes) }
    }

    private func summary(_ files: [FileFacts], _ ages: [Double]) -> String {
        guard let newest = ages.min() else { return "\(path) is not there" }
        let size = Readable.bytes(Self.total(files))
        let age = "\(Readable.age(seconds: newest)) ago"
        return files.count == 1 && files[0].path == path
            ? "\(path): \(size), changed \(age)"
            : "\(path): \(Readable.count(files.count, "file")), \(size), the newest \(age)"
    }

    // MARK: - Problems

    private func problems(_ snapshot: FileSnapshot, _ ages: [Double]) -> [Problem] {
        let unreadable = snapshot.unreadable.sorted { $0.key < $1.key }
            .map { Problem(.unknown, "\(Self.name($0.key)): \(Self.lowered($0.value))") }
        if limits.presence == .absent {
            return unreadable + (snapshot.files.isEmpty ? [] : [Problem(.critical, "it is there")])
        }
        let each = snapshot.files.flatMap { problems($0, snapshot) }
        return Self.fewest(
            unreadable + countProblems(snapshot, hasUnreadable: !unreadable.isEmpty) + each
                + ageProblems(ages) + sizeProblems(Self.total(snapshot.files)))
    }

    /// The line is for a glance: five problems, and how many more there are.
    private static func fewest(_ problems: [Problem]) -> [Problem] {
        guard problems.count > 5 else { return problems }
        let sorted = problems.sorted { $0.state.severity > $1.state.severity }
        return sorted.prefix(5)
            + [
                Problem(
                    sorted[5].state, "and \(Readable.count(problems.count - 5, "more problem"))")
            ]
    }

    private func countProblems(_ snapshot: FileSnapshot, hasUnreadable: Bool) -> [Problem] {
        let count = snapshot.files.count
        if count < limits.count.lowerBound {
            // What cannot be looked at may well be there.
            let state: CheckState = hasUnreadable ? .unknown : .critical
            return [
                Problem(
                    state, "expected \(Readable.count(limits.count.lowerBound, "file")) at least")
            ]
        }
        guard count > limits.count.upperBound else { return [] }
        return [
            Problem(
                .critical, "expected \(Readable.count(limits.count.upperBound, "file")) at most")
        ]
    }

    private func problems(_ file: FileFacts, _ snapshot: FileSnapshot) -> [Problem] {
        var words: [String] = []
        let name = Self.name(file.path)
        if let kind = limits.kind, file.kind != kind {
            words.append("\(name) is a \(file.kind.rawValue), not a \(kind.rawValue)")
        }
        if let least = limits.minBytes, file.bytes < Int64(least) {
            words.append("\(name) has less than \(Readable.bytes(Double(least)))")
        }
        if let owner = snapshot.ownerID, file.userID != owner {
            words.append("\(name) belongs to user \(file.userID), not \(owner)")
        }
        if let group = snapshot.groupID, file.groupID != group {
            words.append("\(name) belongs to group \(file.groupID), not \(group)")
        }
        if let mode = limits.mode, file.mode != mode {
            words.append("\(name) has mode \(Self.octal(file.mode)), not \(Self.octal(mode))")
        }
        return words.map { Problem(.critical, $0) }
            + (snapshot.contents[file.path].map { problems($0, name) } ?? [])
    }

    private func problems(_ content: FileSnapshot.Content, _ name: String) -> [Problem] {
        switch content {
        case .none: return [Problem(.critical, "\(name) is no file that can be read")]
        case .unreadable(let reason): return [Problem(.unknown, "\(name): \(Self.lowered(reason))")]
        case .read(let hasExpected, let hasForbidden, let isCut):
            // What was not read may hold it.
            let rest = isCut ? " in the part that is read" : ""
            var problems: [Problem] = []
            if hasExpected == false, let expected {
                let state: CheckState = isCut ? .unknown : .critical
                problems.append(Problem(state, "\(name) does not match /\(expected)/\(rest)"))
            }
            if hasForbidden == true, let forbidden {
                problems.append(Problem(.critical, "\(name) matches /\(forbidden)/"))
            } else if hasForbidden == false, isCut {
                problems.append(Problem(.unknown, "\(name) is too large to be read to its end"))
            }
            return problems
        }
    }

    private func ageProblems(_ ages: [Double]) -> [Problem] {
        let age = limits.agedFile == .newest ? ages.min() : ages.max()
        guard let age else { return [] }
        let state = limits.ageSeconds.state(of: age)
        let limit = state == .critical ? limits.ageSeconds.critical : limits.ageSeconds.warning
        guard state != .ok, let limit else { return [] }
        let name = ages.count == 1 ? "it" : "the \(limits.agedFile.rawValue)"
        return [
            Problem(
                state,
                "\(name) was changed \(Readable.age(seconds: age)) ago, not within "
                    + Readable.age(seconds: limit))
        ]
    }

    private func sizeProblems(_ bytes: Double) -> [Problem] {
        let state = limits.bytes.state(of: bytes)
        let limit = state == .critical ? limits.bytes.critical : limits.bytes.warning
        guard state != .ok, let limit else { return [] }
        return [Problem(state, "\(Readable.bytes(limit)) or more")]
    }

    /// A name may hold anything, also what would steer a terminal.
    private static func name(_ path: String) -> String {
        PluginOutput.presentable(path.split(separator: "/").last ?? "/", max: 100)
    }

    private static func lowered(_ words: String) -> String {
        words.prefix(1).lowercased() + words.dropFirst()
    }

    private static func octal(_ mode: UInt32) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(4 - digits.count, 0)) + digits
    }

    // MARK: - Measurements

    private func measurements(_ files: [FileFacts], _ ages: [Double]) -> [Measurement] {
        var values = [
            Measurement(label: "files", value: Double(files.count), min: 0),
            Measurement(
                label: "size", value: Self.total(files), unit: "B",
                warning: limits.bytes.warning.map(NagiosRange.atMost),
                critical: limits.bytes.critical.map(NagiosRange.atMost), min: 0),
        ]
        if let newest = ages.min(), let oldest = ages.max() {
            values.append(Measurement(label: "age_min", value: newest, unit: "s"))
            values.append(Measurement(label: "age_max", value: oldest, unit: "s"))
        }
        return values
    }
}
