internal import OpsCore
internal import OpsJSONRPC

/// Something that a scrape has to hold: one element of a `prometheus` check's `assertions`.
struct ScrapeAssertion: Declared {
    @Param(
        "Which series, as they are stored, but for the label check: there must be one, and each "
            + "must fulfil the rest.", .length(1...10_000), .example("backup_age_seconds"))
    var select: String
    @Param("A number that the value is above.")
    var greater: Double?
    @Param("A number that it is below.")
    var less: Double?
    @Param("The value that it has.")
    var equals: Double?
    @Param("The state when it is not fulfilled.")
    var state: HTTPAssertion.Severity = .critical

    /// What is wrong with it.
    var problems: [RPCError.FieldError] {
        do throws(SeriesError) {
            _ = try ready()
            return []
        } catch {
            return [.init(path: "select", reason: "\(error)")]
        }
    }

    /// The assertion made ready to be held against scrapes.
    func ready() throws(SeriesError) -> ReadyScrapeAssertion {
        ReadyScrapeAssertion(
            select: select, test: try LabelTest(try SeriesSelector.parse(select)),
            greater: greater, less: less, equals: equals, state: state.state)
    }
}

/// An assertion made ready to be held against scrapes.
struct ReadyScrapeAssertion: Sendable {
    var select: String
    var test: LabelTest
    var greater: Double?
    var less: Double?
    var equals: Double?
    /// The state when it is not fulfilled.
    var state: CheckState

    /// Why a value does not fulfil it; nil when it does.
    func complaint(about value: Double) -> String? {
        let shown = Readable.twoDecimals(value)
        if let greater, value <= greater {
            return "is \(shown), not above \(Readable.twoDecimals(greater))"
        }
        if let less, value >= less {
            return "is \(shown), not below \(Readable.twoDecimals(less))"
        }
        guard let equals, value != equals else { return nil }
        return "is \(shown), not \(Readable.twoDecimals(equals))"
    }
}
