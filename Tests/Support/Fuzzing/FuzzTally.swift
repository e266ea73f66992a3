/// What inputs have led to, which shows that they get beyond the first check.
package struct FuzzTally: Sendable {
    /// Answers, those of a batch each for itself.
    package var answers = 0
    /// Answers that are results and no errors.
    package var results = 0
    /// Notifications of progress.
    package var notices = 0

    package init() {}

    package static func += (sum: inout FuzzTally, part: FuzzTally) {
        sum.answers += part.answers
        sum.results += part.results
        sum.notices += part.notices
    }
}
