internal import OpsCore
internal import OpsJSONRPC

/// What a check's definition says about its states: members of every check, whatever its type.
struct StatePolicy: Declared {
    /// Whether and how flapping is looked for.
    enum FlapDetection: String, Codable, CaseIterable, Sendable {
        case off, icinga, nagios

        var algorithm: FlapRules.Algorithm? {
            switch self {
            case .off: nil
            case .icinga: .icinga
            case .nagios: .nagios
            }
        }
    }

    @Param("Whose rules make soft and hard states of results.")
    var stateRules: StateRules.Dialect = .icinga
    @Param("After how many good results in a row a hard problem is over.", .range(1...1000))
    var recoveryAttempts: Int = 1
    @Param("Whether every bad result of a hard problem is announced.")
    var volatile: Bool = false
    @Param("Whose algorithm tells whether the check flaps: of icinga, nagios or none.")
    var flapDetection: FlapDetection = .off
    @Param(
        "At which share of changes flapping ends; 25 for icinga, 20 for nagios.",
        .present(.range(0...100)))
    var flapLowPercent: Double?
    @Param("At which share of changes flapping begins; 30.", .present(.range(0...100)))
    var flapHighPercent: Double?
    @Param(
        "How long after the last bad result a problem stays announced.", .range(0...2_678_400_000))
    var keepFiringForMs: Int = 0
    @Param(
        "What the check is when its result or its value is missing; unknown, and critical for a "
            + "heartbeat.")
    var onMissing: MissingPolicy?
    @Param(
        "What the check depends on: names of checks, all of which it needs; of "
            + "{\"any_of\": [...]} one is enough.", .parents)
    var parents: [ParentGroup] = []
}

extension ParamRule where Value == [ParentGroup] {
    /// There are not too many, and each has a name.
    fileprivate static var parents: Self {
        Self(complaint: { groups in
            if groups.count > 100 { return "may be 100 at most" }
            if groups.contains(where: { $0.anyOf.count > 100 }) {
                return "may have 100 checks in a group at most"
            }
            return groups.contains { $0.anyOf.contains("") } ? "have an empty name" : nil
        })
    }
}

extension StatePolicy {
    private static let declared = FieldSet(StatePolicy.self)
    /// The members, for the declarations of methods.
    static var fields: [FieldSpec] { declared.fields }

    /// Whether a member of a check is one of the policy's.
    static func owns(_ member: String) -> Bool { fields.contains { $0.name == member } }

    /// Reads the policy's members of a check.
    ///
    /// - Throws: `invalid_params` naming every member that cannot be.
    static func read(_ members: JSON.Object) throws(RPCError) -> StatePolicy {
        let policy = try declared.decode(members)
        if let low = policy.flapLowPercent, low > policy.flapHigh {
            throw .badMember("flap_low_percent", "must not be above flap_high_percent")
        }
        if policy.flapLowPercent == nil, policy.flapLow > policy.flapHigh {
            throw .badMember(
                "flap_high_percent", "must not be below flap_low_percent, \(policy.flapLow)")
        }
        return policy
    }

    /// What is wrong with the policy's members.
    static func complaints(about members: JSON.Object) -> [RPCError.FieldError] {
        // Most checks have none, and there are many.
        guard !members.isEmpty else { return [] }
        do throws(RPCError) {
            _ = try read(members)
            return []
        } catch {
            return error.fields
        }
    }

    private var flapHigh: Double { flapHighPercent ?? FlapRules.usualHigh }
    private var flapLow: Double {
        flapLowPercent ?? FlapRules.usualLow(flapDetection.algorithm ?? .icinga)
    }

    /// The policy as people may see it, with its defaults.
    static func shown(_ members: JSON.Object) -> [(String, JSON)] {
        fields.compactMap { field in
            (members[field.name] ?? field.defaultValue).map { (field.name, $0) }
        }
    }

    /// The rules that follow.
    func rules(maxAttempts: Int) -> StateRules {
        StateRules(
            dialect: stateRules, maxAttempts: maxAttempts, recoveryAttempts: recoveryAttempts,
            isVolatile: volatile,
            flapping: flapDetection.algorithm.map {
                FlapRules($0, low: flapLowPercent, high: flapHighPercent)
            }, keepFiring: .milliseconds(keepFiringForMs), onMissing: onMissing, parents: parents)
    }
}
