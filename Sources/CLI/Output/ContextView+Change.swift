import OpsJSONRPC

/// What a page says of a change beyond its ticket.
extension ContextView {
    /// How much it has to go through, its risk and its window, below the ticket's own facts.
    func changeFacts(_ change: JSON?, _ items: JSON?) -> String {
        guard let change, change.object != nil else { return "" }
        var facts = ["\(word(change["type"])) change"]
        if let model = change["model"] { facts.append("model \(word(model))") }
        facts.append("risk \(change["risk"].map(word) ?? "not assessed")")
        if change["outage"] == true { facts.append("outage") }
        if let outcome = change["outcome"] { facts.append(word(outcome)) }
        var page = Self.indent + facts.joined(separator: ", ") + "\n"
        if let reason = change["risk_reason"] { page += line("risk: \(word(reason))") }
        page += window(change)
        if let at = change["implemented_at"] { page += line("made \(moment(at))") }
        if let due = change["review_due_at"] { page += line("review due \(moment(due))") }
        let touched = (items?.array ?? []).map(word)
        if !touched.isEmpty { page += line("touches \(touched.joined(separator: ", "))") }
        return page
    }

    private func window(_ change: JSON) -> String {
        switch (change["window_from"], change["window_to"]) {
        case (nil, nil): line("no window")
        case (let from?, nil): line("window from \(moment(from))")
        case (nil, let to?): line("window until \(moment(to))")
        case (let from?, let to?): line("window \(moment(from)) to \(moment(to))")
        }
    }

    /// Why it is made, how, and how it is undone.
    func plans(_ change: JSON?) -> String {
        ["reason", "plan", "backout_plan", "test_plan"].map { name in
            guard let text = change?[name]?.string, !text.isEmpty else { return "" }
            return title(name.title, "") + lines([.string(text)])
        }.joined()
    }

    /// Who was asked, and what they said.
    func approvals(_ approvals: [JSON]) -> String {
        guard !approvals.isEmpty else { return "" }
        return title("approvals", "") + approvals.map(approval).joined()
    }

    private func approval(_ approval: JSON) -> String {
        let people = (approval["approvers"]?.array ?? []).map(word).joined(separator: ", ")
        var page = "\(Self.indent)\(palette.paint(word(approval["ref"]), .accent))  "
        page += "\(word(approval["state"]))  \(asked(approval)) of \(people)"
        if approval["overrides_freeze"] == true { page += ", over a freeze" }
        if let comment = approval["comment"]?.string, !comment.isEmpty {
            page += ": \(comment.visibleLine)"
        }
        page += "\n"
        for vote in approval["votes"]?.array ?? [] {
            let verb = vote["vote"] == "approve" ? "agreed" : "refused"
            let comment = word(vote["comment"])
            page += line(
                "  \(word(vote["approver"])) \(verb), \(time(vote["at"]))"
                    + (comment.isEmpty ? "" : ": \(comment)"))
        }
        return page
    }

    private func asked(_ approval: JSON) -> String {
        switch approval["mode"]?.string {
        case "quorum": word(approval["needed"])
        case let mode: mode?.visibleLine ?? ""
        }
    }

    /// What broke after it.
    func incidents(_ incidents: [JSON]) -> String {
        guard !incidents.isEmpty else { return "" }
        return title("incidents", "")
            + incidents.map { incident in
                let key = palette.paint(word(incident["key"]), .accent)
                let facts = "\(word(incident["state"])), \(time(incident["at"]))"
                return line("\(key)  \(word(incident["title"]))  \(palette.paint(facts, .quiet))")
            }.joined()
    }

    private func moment(_ value: JSON) -> String {
        CellText(now: now, isDetailed: true).cell("at", value).text
    }
}
