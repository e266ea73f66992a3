import OpsCore
import OpsJSONRPC
import Testing

@testable import OpsTicketing

/// Who has put a ticket where it is.
@Suite struct PlacingsTests {
    private func opened() -> Placings {
        var placings = Placings()
        placings.add(Placing(new: ["state": "new"], doer: .program))
        return placings
    }

    /// The same ticket, moved or taken back.
    private func moved(
        _ old: JSON, to new: JSON, by doer: Placing.Doer, takesBack: Bool = false
    ) -> Placing {
        Placing(old: ["state": old], new: ["state": new], doer: doer, takesBack: takesBack)
    }

    /// The same ticket, with a queue or another one.
    private func queued(
        _ old: JSON?, in new: JSON?, by doer: Placing.Doer, takesBack: Bool = false
    ) -> Placing {
        var placing = moved("new", to: "new", by: doer, takesBack: takesBack)
        placing.old?["queue"] = old
        placing.new["queue"] = new
        return placing
    }

    @Test func `What a person did and took back is nobody's`() {
        var placings = opened()
        placings.add(moved("new", to: "in_progress", by: .person))
        #expect(placings.arePersons)
        placings.add(moved("in_progress", to: "new", by: .person, takesBack: true))
        #expect(!placings.arePersons)
    }

    @Test func `To take back what a program did is a person's doing`() {
        var placings = opened()
        placings.add(moved("new", to: "in_progress", by: .program))
        placings.add(moved("in_progress", to: "resolved", by: .program))
        #expect(!placings.arePersons)
        placings.add(moved("resolved", to: "in_progress", by: .person, takesBack: true))
        #expect(placings.arePersons)
    }

    @Test func `To take back what a trigger answered to a call is nobody's`() {
        var placings = opened()
        placings.add(queued(nil, in: "network", by: .answer))
        #expect(!placings.arePersons)
        placings.add(queued("network", in: nil, by: .person, takesBack: true))
        #expect(!placings.arePersons)
        // And what a person does without taking anything back is the person's.
        placings.add(queued(nil, in: "network", by: .answer))
        placings.add(queued("network", in: nil, by: .person))
        #expect(placings.arePersons)
    }

    @Test func `A queue that has another name by now is the same`() {
        var placings = opened()
        placings.add(queued(nil, in: "net", by: .program))
        placings.add(queued("network", in: "ops", by: .person))
        #expect(placings.arePersons)
        placings.add(queued("operations", in: "network", by: .person, takesBack: true))
        #expect(!placings.arePersons)
    }

    @Test(
        arguments: [
            ("uid:1000", "ticket.assign", .person), ("system", nil, .person),
            ("trigger:route", "ticket.assign", .answer), ("trigger:route", nil, .program),
            ("plugin:ticketing", nil, .program), ("plugin:portal", "ticket.assign", .program),
        ] as [(String, String?, Placing.Doer)])
    func `Who acts on its own has called nothing`(
        principal: String, method: String?, doer: Placing.Doer
    ) {
        #expect(Placing.Doer(Principal(principal), in: method) == doer)
    }

    @Test func `A reopening begins anew`() {
        var placings = opened()
        placings.add(moved("new", to: "resolved", by: .person))
        var reopened = moved("resolved", to: "in_progress", by: .program)
        reopened.beginsAnew = true
        placings.add(reopened)
        #expect(!placings.arePersons)
        placings.add(moved("in_progress", to: "new", by: .person))
        #expect(placings.arePersons)
        placings.add(moved("new", to: "in_progress", by: .person, takesBack: true))
        #expect(!placings.arePersons)
    }
}
