internal import OpsCore
internal import OpsJSONRPC

extension CheckDefinition {
    /// The longest interval of a check that looks by itself.
    static let dayMs = 86_400_000
    static let maxLabels = 64

    /// Reads the type's own members and refuses what does not fit together.
    ///
    /// What a single parameter may be stands on the parameter; this is about the rest.
    func validated(by catalog: CheckCatalog, minIntervalMs: Int) throws(RPCError) -> any CheckKind {
        let wrong =
            badIntervals(minIntervalMs) + Self.badLabels(labels)
            + StatePolicy.complaints(about: policy)
        guard wrong.isEmpty else { throw .badMembers(wrong) }
        return try catalog.decode(type, members)
    }

    private func badIntervals(_ minIntervalMs: Int) -> [RPCError.FieldError] {
        var wrong: [RPCError.FieldError] = []
        for (path, value) in [("interval_ms", intervalMs), ("retry_interval_ms", retryIntervalMs)]
        where value < minIntervalMs {
            wrong.append(
                .init(path: path, reason: "must be at least \(minIntervalMs), not \(value)"))
        }
        if !isPassive, intervalMs > Self.dayMs {
            wrong.append(
                .init(path: "interval_ms", reason: "must be at most a day, \(Self.dayMs)"))
        }
        return wrong
    }

    /// What is wrong with labels.
    static func badLabels(_ labels: [String: String]) -> [RPCError.FieldError] {
        if labels.count > maxLabels {
            return [.init(path: "labels", reason: "may be \(maxLabels) at most")]
        }
        return labels.sorted { $0.key < $1.key }.compactMap { name, value in
            guard isLabelName(name) else {
                return .init(
                    path: "labels.\(name)",
                    reason: "needs a name of 1 to 100 letters, digits or _ . - /")
            }
            guard value.utf8.count <= 1000 else {
                return .init(path: "labels.\(name)", reason: "may have 1000 bytes at most")
            }
            return nil
        }
    }

    private static func isLabelName(_ name: String) -> Bool {
        1...100 ~= name.utf8.count
            && name.utf8.allSatisfy { CheckName.isWordByte($0) || $0 == UInt8(ascii: "/") }
    }
}
