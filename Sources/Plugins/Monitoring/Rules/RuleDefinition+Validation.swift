internal import OpsCore
internal import OpsJSONRPC

extension RuleDefinition {
    private static let maxTexts = 64

    /// Refuses what no single member's rules can see.
    func validate() throws(RPCError) {
        let wrong = badQueries + badThresholds + badTexts
        guard wrong.isEmpty else { throw .badMembers(wrong) }
    }

    private var badQueries: [RPCError.FieldError] {
        var wrong = query.complaints(under: "")
        if let otherQuery { wrong += otherQuery.complaints(under: "against.") }
        if across == nil, !by.isEmpty {
            wrong.append(.init(path: "by", reason: "needs across, which says how to join"))
        }
        return wrong
    }

    private var badThresholds: [RPCError.FieldError] {
        var wrong: [RPCError.FieldError] = []
        if !threshold.isFinite { wrong.append(.init(path: "threshold", reason: "must be finite")) }
        if let clearThreshold, !condition.allows(clear: clearThreshold, beside: threshold) {
            wrong.append(
                .init(
                    path: "clear_threshold",
                    reason: "must lie on the good side of threshold, which only above, at_least, "
                        + "below and at_most have"))
        }
        return wrong
    }

    private var badTexts: [RPCError.FieldError] {
        var wrong: [RPCError.FieldError] = []
        for (path, texts) in [("labels", labels), ("annotations", annotations)]
        where texts.count > Self.maxTexts {
            wrong.append(.init(path: path, reason: "may be \(Self.maxTexts) at most"))
        }
        for (name, text) in annotations.sorted(by: { $0.key < $1.key }) {
            do throws(AnnotationError) {
                _ = try AnnotationTemplate(text)
            } catch {
                wrong.append(.init(path: "annotations.\(name)", reason: error.reason))
            }
        }
        return wrong
    }
}

extension RuleQuery {
    fileprivate func complaints(under prefix: String) -> [RPCError.FieldError] {
        var wrong: [RPCError.FieldError] = []
        do throws(SeriesError) {
            _ = try SeriesSelector.parse(select)
        } catch {
            wrong.append(.init(path: "\(prefix)select", reason: "\(error)"))
        }
        do throws(SeriesError) {
            _ = try Aggregation(named: aggregation.rawValue, quantile: quantile)
        } catch {
            wrong.append(.init(path: "\(prefix)quantile", reason: "\(error)"))
        }
        for (name, value, range) in [
            ("window_ms", windowMs, 1...31 * 86_400_000),
            ("offset_ms", offsetMs, 0...366 * 86_400_000),
        ] where !range.contains(value) {
            wrong.append(
                .init(
                    path: "\(prefix)\(name)",
                    reason: "must be \(range.lowerBound) to \(range.upperBound), not \(value)"))
        }
        return wrong
    }
}
