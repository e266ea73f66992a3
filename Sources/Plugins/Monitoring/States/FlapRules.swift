/// Decides from the newest results whether a check flaps, as Icinga 2 and Nagios 4 decide.
///
/// Both look at the last 20 changes from one result to the next, weigh the newer ones more, and
/// need a higher share of changes to begin than to go on. They differ in what counts as a result:
/// Icinga 2 takes every one, Nagios leaves soft problems out.
struct FlapRules: Sendable, Equatable {
    /// Whose arithmetic it is.
    enum Algorithm: String, Codable, CaseIterable, Sendable {
        case icinga, nagios
    }

    let algorithm: Algorithm
    /// Up to this share of changes, in percent, a check that flaps has calmed down.
    let low: Double
    /// From this share of changes, in percent, a check flaps; above it for Icinga 2.
    let high: Double

    /// Rules with the program's own thresholds where none are given.
    init(_ algorithm: Algorithm, low: Double? = nil, high: Double? = nil) {
        self.algorithm = algorithm
        self.low = low ?? Self.usualLow(algorithm)
        self.high = high ?? Self.usualHigh
    }

    static let usualHigh = 30.0

    static func usualLow(_ algorithm: Algorithm) -> Double {
        switch algorithm {
        case .icinga: 25
        case .nagios: 20
        }
    }

    /// What is known of a check without results; both programs assume a state before the first.
    var blank: FlapHistory {
        switch algorithm {
        case .icinga: FlapHistory(last: .unknown)
        case .nagios: FlapHistory(last: .ok)
        }
    }

    /// Answers the history with one more result in it.
    func recording(
        _ result: CheckState, _ type: StateType, in history: FlapHistory?
    ) -> FlapHistory {
        var history = history ?? blank
        if algorithm == .nagios, type == .soft, result.isProblem { return history }
        history.push(result)
        history.percent = percent(history)
        history.isFlapping = isFlapping(history)
        return history
    }

    /// The weighted share of changes, added up from the oldest on: another order would round
    /// differently.
    private func percent(_ history: FlapHistory) -> Double {
        guard history.changes != 0 else { return 0 }
        var sum = 0.0
        for place in 0..<FlapHistory.length where history.isChange(place) {
            switch algorithm {
            case .icinga: sum += 0.8 + (0.02 * Double(place))
            case .nagios: sum += Double(place) * (1.25 - 0.75) / 19 + 0.75
            }
        }
        return switch algorithm {
        case .icinga: 100 * sum / 20
        case .nagios: sum * 100 / 20
        }
    }

    private func isFlapping(_ history: FlapHistory) -> Bool {
        let percent = history.percent
        switch algorithm {
        case .icinga:
            return history.isFlapping ? percent > low : percent > high
        case .nagios:
            if percent > low, percent < high { return history.isFlapping }
            return percent > low
        }
    }
}
