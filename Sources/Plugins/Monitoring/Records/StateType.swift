/// How sure a state is: soft while it is still being retried, hard once it is taken for true.
enum StateType: String, Codable, CaseIterable, Sendable {
    case soft, hard
}
