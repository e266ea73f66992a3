import OpsJSONRPC

/// What commands need of the daemon, so that tests can answer in its place.
protocol Daemon {
    /// Sends all calls at once and gives the answers in the same order.
    func answers(_ calls: [(method: String, params: JSON.Object)]) throws
        -> [Result<JSON, Failure>]
}

extension Daemon {
    func call(_ method: String, _ params: JSON.Object = [:]) throws -> JSON {
        let answers = try answers([(method, params)])
        guard let answer = answers.first else { preconditionFailure("One call has one answer.") }
        return try answer.get()
    }
}
