import OpsJSONRPC
import Testing

@testable import opsloop

@Suite struct ContextViewTests {
    private func view() throws -> ContextView {
        ContextView(palette: .plain, now: try #require(Instant("2026-01-05T12:00:00.000Z")))
    }

    private func page(_ more: JSON.Object) -> JSON {
        var page: JSON.Object = [
            "ticket": ["key": "INC-1", "title": "web1 is down", "state": "new", "priority": 2],
            "contributions": [], "missing": [],
        ]
        for (key, value) in more { page[key] = value }
        return .object(page)
    }

    @Test func `Changes stand with when they were made, how they went and why they are there`()
        throws
    {
        let text = try view().render(
            page([
                "changes": [
                    [
                        "key": "CHG-2", "title": "new certificate", "state": "closed",
                        "at": "2026-01-04T12:00:00.000Z", "outcome": "failed", "suspect": true,
                        "reason": "changes ci:1",
                    ],
                    [
                        "key": "CHG-1", "title": "new disk", "state": "new",
                        "at": "2026-01-02T12:00:00.000Z", "suspect": false,
                        "reason": "changes ci:2, on which it stands",
                    ],
                ]
            ]))
        let lines = try #require(text).split(separator: "\n").map(String.init)
        let changes = lines.filter { $0.contains("CHG-") }
        #expect(changes.count == 2)
        #expect(changes.first?.hasPrefix("  CHG-2  suspect  new certificate  closed, ") == true)
        #expect(changes.first?.hasSuffix(", failed, changes ci:1") == true)
        #expect(changes.last?.hasPrefix("  CHG-1  new disk  new, ") == true)
        #expect(changes.last?.hasSuffix(", changes ci:2, on which it stands") == true)
    }

    @Test func `What is missing is said with who would have said it, and why`() throws {
        let text = try view().render(
            page([
                "missing": [
                    [
                        "plugin": "warranties", "sections": ["warranty"], "reason": "disabled",
                        "message": "it is switched off",
                    ]
                ]
            ]))
        #expect(text?.hasSuffix("missing\n  warranty of warranties: it is switched off\n") == true)
        #expect(try view().render(["items": []]) == nil)
    }
}
