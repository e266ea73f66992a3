internal import OpsCore
internal import OpsJSONRPC

/// Makes a priority of impact and urgency.
struct PriorityMatrix: Sendable, Equatable {
    /// ITIL's example: the sum of both, less one.
    static let standard = PriorityMatrix(rows: [[1, 2, 3], [2, 3, 4], [3, 4, 5]])

    /// One row an impact, one column an urgency, from high to low.
    private let rows: [[Int]]

    private init(rows: [[Int]]) { self.rows = rows }

    /// Takes three rows of three priorities from 1 to 5.
    ///
    /// - Throws: `invalid_params` that names the row or the cell.
    init(_ rows: [[Int]]) throws(RPCError) {
        guard rows.count == 3 else {
            throw .badMember("priority_matrix", "must have three rows, one for each impact")
        }
        for (impact, row) in rows.enumerated() {
            guard row.count == 3 else {
                throw .badMember(
                    "priority_matrix[\(impact)]", "must have three numbers, one for each urgency")
            }
            for (urgency, priority) in row.enumerated() where !(1...5).contains(priority) {
                throw .badMember(
                    "priority_matrix[\(impact)][\(urgency)]", "must be 1 to 5, not \(priority)")
            }
        }
        self.rows = rows
    }

    /// The priority, 1 to 5; both from 1, the highest, to 3.
    func priority(impact: Int, urgency: Int) -> Int { rows[impact - 1][urgency - 1] }
}
