import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// From impact and urgency to a priority.
@Suite struct PriorityMatrixTests {
    @Test func `The standard matrix is the sum of impact and urgency less one`() {
        for impact in 1...3 {
            for urgency in 1...3 {
                #expect(
                    PriorityMatrix.standard.priority(impact: impact, urgency: urgency)
                        == impact + urgency - 1)
            }
        }
    }

    @Test func `The settings' default is the standard matrix`() throws {
        let matrix = try PriorityMatrix(TicketingSettings().priorityMatrix)
        #expect(matrix == .standard)
    }

    @Test(arguments: [
        ([[1, 2, 3], [2, 3, 4]], "priority_matrix"),
        ([[1, 2, 3], [2, 3], [3, 4, 5]], "priority_matrix[1]"),
        ([[1, 2, 3], [2, 3, 4], [3, 4, 6]], "priority_matrix[2][2]"),
        ([[0, 2, 3], [2, 3, 4], [3, 4, 5]], "priority_matrix[0][0]"),
    ])
    func `What is no matrix is refused by its row or cell`(rows: [[Int]], path: String) {
        do {
            _ = try PriorityMatrix(rows)
            Issue.record("\(rows) was accepted")
        } catch {
            #expect(error.fields.map(\.path) == [path])
        }
    }
}
