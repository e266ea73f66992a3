import OpsJSONRPC

/// Shows a ticket with all that matters around it as one page.
///
/// It says what the ticket is, what others say about what it affects, and what is missing; of a
/// change also what is planned.
struct ContextView {
    var palette: Palette
    var now: Instant

    static let indent = "  "

    /// Nil when the answer is no such page.
    func render(_ result: JSON) -> String? {
        guard let ticket = result["ticket"], ticket["key"] != nil,
            let missing = result["missing"]?.array
        else { return nil }
        let parts = result["contributions"]?.array ?? []
        return head(ticket, result) + plans(result["change"])
            + approvals(result["approvals"]?.array ?? [])
            + incidents(result["incidents"]?.array ?? [])
            + parts.map(part).joined()
            + changes(result["changes"]?.array ?? []) + similar(result["similar"]?.array ?? [])
            + timeline(result["timeline"]?.array ?? []) + gaps(missing)
    }

    // MARK: - The ticket

    private func head(_ ticket: JSON, _ result: JSON) -> String {
        let key = palette.paint(word(ticket["key"]), .strong)
        var page = "\(key)  \(word(ticket["title"]))\n"
        var facts = [word(ticket["state"]), "priority \(word(ticket["priority"]))"]
        facts.append(ticket["assignee"].map { "with \(word($0))" } ?? "with nobody")
        if let queue = ticket["queue"] { facts.append("queue \(word(queue))") }
        if let requester = ticket["requester"] { facts.append("for \(word(requester))") }
        page += Self.indent + palette.paint(facts.joined(separator: ", "), .quiet) + "\n"
        page += lines([ticket["description"], ticket["resolution"]])
        page += changeFacts(result["change"], result["items"])
        let affected = (result["affects"]?.array ?? []).map(word)
        if !affected.isEmpty { page += line("affects \(affected.joined(separator: ", "))") }
        let next = (result["next_states"]?.array ?? []).map(word)
        if !next.isEmpty { page += line("next \(next.joined(separator: ", "))") }
        if result["change"] == nil, ticket["kind"] == "change" {
            let command = "opsloop change get \(word(ticket["key"]))"
            page += line("what is planned, its risk and approvals: \(command)")
        }
        return page
    }

    func line(_ text: String) -> String {
        "\(Self.indent)\(text)\n"
    }

    func lines(_ texts: [JSON?]) -> String {
        texts.compactMap { $0?.string?.visibleLines }.map(paragraphs).joined()
    }

    /// A text with the empty lines that part it, and without those around it.
    private func paragraphs(_ text: String) -> String {
        func isBlank(_ line: Substring) -> Bool { line.allSatisfy(\.isWhitespace) }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            .drop(while: isBlank)
        while lines.last.map(isBlank) ?? false { lines.removeLast() }
        return lines.map { isBlank($0) ? "\n" : "\(Self.indent)\($0)\n" }.joined()
    }

    // MARK: - What others say

    private func part(_ part: JSON) -> String {
        var page = title(word(part["section"]), "\(word(part["title"]))")
        for line in part["lines"]?.array ?? [] {
            let said = word(line["text"])
            guard !said.isEmpty else { continue }
            page += "\(Self.indent)\(said)"
            if let ref = line["ref"] { page += "  " + palette.paint(word(ref), .quiet) }
            page += "\n"
        }
        if let more = part["more"]?.int, more > 0 { page += "\(Self.indent)and \(more) more\n" }
        return page
    }

    private func changes(_ changes: [JSON]) -> String {
        guard !changes.isEmpty else { return "" }
        return title("changes", "")
            + changes.map { change in
                var facts = [word(change["state"]), time(change["at"])]
                if let outcome = change["outcome"] { facts.append(word(outcome)) }
                facts.append(word(change["reason"]))
                let isSuspect = change["suspect"] == true
                return other(
                    change, facts, isSuspect ? palette.paint("suspect", .warning) + "  " : "")
            }.joined()
    }

    private func similar(_ tickets: [JSON]) -> String {
        guard !tickets.isEmpty else { return "" }
        return title("similar", "")
            + tickets.map { ticket in
                var line = other(ticket, [word(ticket["state"]), time(ticket["updated_at"])])
                if let solution = ticket["resolution"] {
                    line += "\(Self.indent)\(Self.indent)\(word(solution))\n"
                }
                return line
            }.joined()
    }

    /// The line of another ticket.
    private func other(_ ticket: JSON, _ facts: [String], _ mark: String = "") -> String {
        let key = palette.paint(word(ticket["key"]), .accent)
        let rest = palette.paint(facts.joined(separator: ", "), .quiet)
        return "\(Self.indent)\(key)  \(mark)\(word(ticket["title"]))  \(rest)\n"
    }

    private func timeline(_ entries: [JSON]) -> String {
        guard !entries.isEmpty else { return "" }
        return title("timeline", "")
            + entries.map { entry in
                let facts = "\(time(entry["at"]))  \(word(entry["author"]))"
                let mark = entry["kind"] == "note" ? "(note) " : ""
                return
                    "\(Self.indent)\(palette.paint(facts, .quiet))  \(mark)\(word(entry["body"]))\n"
            }.joined()
    }

    private func gaps(_ missing: [JSON]) -> String {
        guard !missing.isEmpty else { return "" }
        return title("missing", "")
            + missing.map { gap in
                // What a change lacks is said in words, what a page lacks by its plugin.
                guard gap["plugin"] != nil else { return line(word(gap)) }
                let sections = (gap["sections"]?.array ?? []).map(word).joined(separator: ", ")
                return line("\(sections) of \(word(gap["plugin"])): \(word(gap["message"]))")
            }.joined()
    }

    func title(_ name: String, _ rest: String) -> String {
        "\n\(palette.paint(name, .strong))\(rest.isEmpty ? "" : "  \(rest)")\n"
    }

    func time(_ value: JSON?) -> String {
        CellText(now: now).cell("at", value ?? .null).text
    }

    /// A text that a terminal can show on one line.
    func word(_ value: JSON?) -> String {
        (value?.string ?? value?.text ?? "").visibleLine
    }
}
