import OpsJSONRPC
import Testing

@testable import OpsTicketing

/// Who has put a ticket where it is.
@Suite struct PlacingsTests {
    private func opened() -> Placings {
        var placings = Placings()
        placings.add(from: nil, to: ["state": "new"], byPerson: false, takesBack: false)
        return placings
    }

    @Test func `What a person did and took back is nobody's`() {
        var placings = opened()
        placings.add(
            from: ["state": "new"], to: ["state": "in_progress"], byPerson: true, takesBack: false)
        #expect(placings.arePersons)
        placings.add(
            from: ["state": "in_progress"], to: ["state": "new"], byPerson: true, takesBack: true)
        #expect(!placings.arePersons)
    }

    @Test func `To take back what a program did is a person's doing`() {
        var placings = opened()
        for (old, new) in [("new", "in_progress"), ("in_progress", "resolved")] {
            placings.add(
                from: ["state": .string(old)], to: ["state": .string(new)], byPerson: false,
                takesBack: false)
        }
        #expect(!placings.arePersons)
        placings.add(
            from: ["state": "resolved"], to: ["state": "in_progress"], byPerson: true,
            takesBack: true)
        #expect(placings.arePersons)
    }

    @Test func `A reopening begins anew`() {
        var placings = opened()
        placings.add(
            from: ["state": "new"], to: ["state": "resolved"], byPerson: true, takesBack: false)
        placings.beginAnew(with: ["state": "in_progress"])
        #expect(!placings.arePersons)
        placings.add(
            from: ["state": "in_progress"], to: ["state": "in_progress", "assignee": "anna"],
            byPerson: true, takesBack: false)
        #expect(placings.arePersons)
        placings.add(
            from: ["state": "in_progress", "assignee": "anna"], to: ["state": "in_progress"],
            byPerson: true, takesBack: true)
        #expect(!placings.arePersons)
    }
}
