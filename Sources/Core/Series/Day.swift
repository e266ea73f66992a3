/// Days of UTC, by their number since 1970-01-01.
enum Day {
    static let length: Int64 = 86_400_000

    /// The day in which an instant lies.
    static func number(of at: Int64) -> Int64 {
        at >= 0 ? at / self.length : (at + 1) / self.length - 1
    }

    /// The instants of a day, as far as there are numbers for them.
    static func range(_ day: Int64) -> ClosedRange<Int64> {
        let (start, isTooEarly) = day.multipliedReportingOverflow(by: self.length)
        let (next, isTooLate) = (day + 1).multipliedReportingOverflow(by: self.length)
        return (isTooEarly ? .min : start)...(isTooLate ? .max : next - 1)
    }

    /// Cuts samples, ascending in time, where a day begins.
    static func split(_ samples: [Sample]) -> [(day: Int64, samples: [Sample])] {
        var days: [(day: Int64, samples: [Sample])] = []
        var rest = samples[...]
        while let first = rest.first {
            let day = self.number(of: first.at)
            let part = rest.prefix { self.number(of: $0.at) == day }
            rest = rest[part.endIndex...]
            days.append((day, part.count == samples.count ? samples : Array(part)))
        }
        return days
    }
}
