/// What the tests throw on purpose.
struct Refusal: Error, Equatable {}
