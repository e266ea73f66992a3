/// One part of a run, such as looking a name up; the parts follow one another.
struct Phase: Sendable, Equatable {
    var name: String
    var duration: Duration
}

extension Phase {
    /// The parts of a run, by the seconds after which each of them was over.
    ///
    /// One that never was over took the rest of the time, and nothing followed it.
    static func parts(_ ends: [(name: String, end: Double?)], total: Double) -> [Phase] {
        var phases: [Phase] = []
        var start = 0.0
        for (name, end) in ends {
            phases.append(Phase(name: name, duration: .seconds((end ?? total) - start)))
            guard let end else { break }
            start = end
        }
        return phases
    }
}
