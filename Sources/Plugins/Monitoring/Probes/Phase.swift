/// One part of a run, such as looking a name up; the parts follow one another.
struct Phase: Sendable, Equatable {
    var name: String
    var duration: Duration
}
