internal import OpsJSONRPC

/// An entry of `core.metric_retention_rules`.
struct MetricRetentionRule: Declared {
    @Param("Which series.", .length(1...10_000), .example("{env=\"test\"}"))
    var select: String
    @Param("How many days their samples are kept.", .present(.range(1...36_500)))
    var retentionDays: Int?
    @Param("How many days they are kept by the minute.", .present(.range(1...36_500)))
    var minuteRetentionDays: Int?
    @Param("How many days they are kept by the hour.", .present(.range(1...36_500)))
    var hourRetentionDays: Int?

    /// Reads the rules of the settings.
    ///
    /// - Throws: an `RPCError` that names the rule and its member.
    static func read(_ rules: [JSON]) throws(RPCError) -> [RetentionRule] {
        var read: [RetentionRule] = []
        for (index, json) in rules.enumerated() {
            do throws(RPCError) {
                guard case .object = json else {
                    throw RPCError.invalidRequest("must be an object")
                }
                read.append(try FieldSet(Self.self).decode(json).rule())
            } catch {
                let place = "metric_retention_rules[\(index)]"
                guard !error.fields.isEmpty else { throw .badField(place, error.message) }
                throw .invalidParams(
                    error.fields.map {
                        RPCError.FieldError(path: "\(place).\($0.path)", reason: $0.reason)
                    })
            }
        }
        return read
    }

    private func rule() throws(RPCError) -> RetentionRule {
        do {
            return try RetentionRule(
                try SeriesSelector.parse(self.select), samples: Self.days(self.retentionDays),
                minutes: Self.days(self.minuteRetentionDays),
                hours: Self.days(self.hourRetentionDays))
        } catch {
            throw .badField("select", "\(error)")
        }
    }

    private static func days(_ count: Int?) -> Duration? { count.map { .seconds(86_400 * $0) } }
}
