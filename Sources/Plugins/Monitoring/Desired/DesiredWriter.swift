internal import OpsCore
internal import OpsJSONRPC

/// Carries a ``DesiredPlan`` out: all of it in one transaction.
///
/// Targets, templates and checks of their own are announced, indexed and audited one by one. The
/// checks that templates make come in thousands; they stand in the counts of `check.applied`.
struct DesiredWriter: Sendable {
    let writer: CheckWriter

    /// What was done.
    struct Outcome: Sendable {
        var targets: [StoredTarget] = []
        var goneTargets: [Int] = []
        var templates: [StoredTemplate] = []
        var goneTemplates: [Int] = []
        var created: [StoredCheck] = []
        /// Checks that templates made.
        var made: [MadeCheck] = []
        var updated: [StoredCheck] = []
        var deleted: [Int] = []
        var counts = DesiredCounts()
    }

    /// Deletions come first, because they free names.
    func carryOut(_ plan: DesiredPlan, in tx: WriteTransaction) throws -> Outcome {
        var outcome = Outcome()
        try deleteChecks(plan, &outcome, in: tx)
        let templateIDs = try writeTemplates(plan.templates, &outcome, in: tx)
        let targetIDs = try writeTargets(plan.targets, &outcome, in: tx)
        try writeChecks(plan.checks, &outcome, in: tx)
        try writeMade(plan.made, targetIDs, templateIDs, &outcome, in: tx)
        outcome.counts = DesiredCounts(plan)
        if !plan.isEmpty {
            let counts = try JSON(encoding: outcome.counts)
            try tx.audit("check.applied", nil, before: nil, after: counts)
            try tx.announce("check.applied", nil, counts)
        }
        return outcome
    }

    // MARK: - Checks

    private func deleteChecks(
        _ plan: DesiredPlan, _ outcome: inout Outcome, in tx: WriteTransaction
    ) throws {
        for old in plan.checks.delete {
            try writer.delete(try Self.unchanged(old, in: tx), in: tx)
            outcome.deleted.append(old.id)
        }
        for id in plan.made.delete {
            try CheckWriter.deleteMade(id, in: tx)
            outcome.deleted.append(id)
        }
    }

    private func writeChecks(
        _ changes: Changes<CheckDefinition, StoredCheck>, _ outcome: inout Outcome,
        in tx: WriteTransaction
    ) throws {
        for (old, definition) in changes.update {
            let old = try Self.unchanged(old, in: tx)
            var new = old
            new.definition = definition
            outcome.updated.append(try writer.update(old, to: new, in: tx))
        }
        for definition in changes.create {
            outcome.created.append(try writer.insert(definition, origin: .api, in: tx))
        }
    }

    /// The plan was made outside of the transaction: somebody may have been faster.
    private static func unchanged(
        _ planned: StoredCheck, in tx: WriteTransaction
    ) throws -> StoredCheck {
        guard let now = try CheckWriter.load(planned.id, in: tx),
            now.generation == planned.generation
        else {
            throw RPCError.conflict(
                "The check \"\(planned.definition.name)\" was changed meanwhile.",
                hint: "Apply the state again.")
        }
        return now
    }

    private func writeMade(
        _ made: MadeChecks, _ targets: [Int], _ templates: [Int], _ outcome: inout Outcome,
        in tx: WriteTransaction
    ) throws {
        for changed in made.update {
            if let check = try writer.updateMade(changed.id, changed.check, in: tx) {
                outcome.updated.append(check)
            }
        }
        outcome.made = try writer.insertMade(
            made.create.map { new in
                let (target, template) = (targets[new.target], templates[new.template])
                return (new.check, CheckMaker(target: target, template: template))
            }, in: tx)
    }

    // MARK: - Targets

    /// Writes the targets and answers their numbers in the order of ``MadeChecks/targets``.
    private func writeTargets(
        _ changes: Changes<TargetDefinition, StoredTarget>, _ outcome: inout Outcome,
        in tx: WriteTransaction
    ) throws -> [Int] {
        for old in changes.delete {
            try tx.execute("DELETE FROM monitoring_target WHERE id = ?", old.id)
            try forget(old.ref, "target.deleted", old.definition.json, in: tx)
            outcome.goneTargets.append(old.id)
        }
        var ids = changes.unchanged.map(\.id)
        for (old, new) in changes.update {
            let target = StoredTarget(
                id: old.id, definition: new, createdAt: old.createdAt, updatedAt: tx.now,
                generation: old.generation + 1)
            try tx.execute(
                """
                UPDATE monitoring_target SET name = ?, address = ?, labels = ?, updated_at = ?,
                    generation = ? WHERE id = ?
                """, new.name, new.address, JSON.object(JSON.Object(texts: new.labels)), tx.now,
                target.generation, old.id)
            try publish("target.updated", target, before: old.definition.json, in: tx)
            outcome.targets.append(target)
            ids.append(old.id)
        }
        for new in changes.create {
            let target = StoredTarget(
                id: try tx.nextID("target"), definition: new, createdAt: tx.now, updatedAt: tx.now,
                generation: 1)
            try tx.execute(
                """
                INSERT INTO monitoring_target (id, name, address, labels, created_at, updated_at,
                    generation) VALUES (?, ?, ?, ?, ?, ?, 1)
                """, target.id, new.name, new.address,
                JSON.object(JSON.Object(texts: new.labels)), tx.now, tx.now)
            try publish("target.created", target, before: nil, in: tx)
            outcome.targets.append(target)
            ids.append(target.id)
        }
        return ids
    }

    private func publish(
        _ topic: String, _ target: StoredTarget, before: JSON?, in tx: WriteTransaction
    ) throws {
        let definition = target.definition
        try tx.index(
            SearchDocument(
                ref: target.ref, title: definition.name, body: definition.address,
                labels: definition.labels.map { "\($0)=\($1)" }.sorted()))
        try publish(topic, target.ref, definition.json, before: before, in: tx)
    }

    // MARK: - Templates

    /// Writes the templates and answers their numbers in the order of ``MadeChecks/templates``.
    private func writeTemplates(
        _ changes: Changes<CheckTemplate, StoredTemplate>, _ outcome: inout Outcome,
        in tx: WriteTransaction
    ) throws -> [Int] {
        for old in changes.delete {
            try tx.execute("DELETE FROM monitoring_template WHERE id = ?", old.id)
            try forget(old.ref, "check.template.deleted", shown(old.template), in: tx)
            outcome.goneTemplates.append(old.id)
        }
        var ids = changes.unchanged.map(\.id)
        for (old, new) in changes.update {
            let template = StoredTemplate(
                id: old.id, template: new, createdAt: old.createdAt, updatedAt: tx.now,
                generation: old.generation + 1)
            try tx.execute(
                """
                UPDATE monitoring_template SET name = ?, selector = ?, members = ?,
                    updated_at = ?, generation = ? WHERE id = ?
                """, new.name, new.selector.text, JSON.object(new.given), tx.now,
                template.generation, old.id)
            try publish("check.template.updated", template, before: shown(old.template), in: tx)
            outcome.templates.append(template)
            ids.append(old.id)
        }
        for new in changes.create {
            let template = StoredTemplate(
                id: try tx.nextID("check_template"), template: new, createdAt: tx.now,
                updatedAt: tx.now, generation: 1)
            try tx.execute(
                """
                INSERT INTO monitoring_template (id, name, selector, members, created_at,
                    updated_at, generation) VALUES (?, ?, ?, ?, ?, ?, 1)
                """, template.id, new.name, new.selector.text, JSON.object(new.given), tx.now,
                tx.now)
            try publish("check.template.created", template, before: nil, in: tx)
            outcome.templates.append(template)
            ids.append(template.id)
        }
        return ids
    }

    private func publish(
        _ topic: String, _ template: StoredTemplate, before: JSON?, in tx: WriteTransaction
    ) throws {
        try tx.index(
            SearchDocument(
                ref: template.ref, title: template.template.name,
                body: template.template.selector.text, labels: [template.template.check.type]))
        try publish(topic, template.ref, shown(template.template), before: before, in: tx)
    }

    private func shown(_ template: CheckTemplate) -> JSON {
        .object(template.shown(by: writer.catalog))
    }

    // MARK: - What others get to see

    private func publish(
        _ topic: String, _ ref: Ref, _ after: JSON, before: JSON?, in tx: WriteTransaction
    ) throws {
        try tx.audit(topic, ref, before: before, after: after)
        try tx.announce(topic, ref, after)
    }

    private func forget(
        _ ref: Ref, _ topic: String, _ before: JSON, in tx: WriteTransaction
    ) throws {
        try tx.unlinkAll(ref)
        try tx.unindex(ref)
        try tx.audit(topic, ref, before: before, after: nil)
        try tx.announce(topic, ref, before)
    }
}

extension TargetDefinition {
    /// The definition as callers write it.
    var json: JSON {
        [
            "name": .string(name), "address": .string(address),
            "labels": .object(JSON.Object(texts: labels)),
        ]
    }
}

/// How many records of each kind came, changed, went and stayed.
struct DesiredCounts: Codable, Sendable, Equatable {
    var targets = ChangeCounts()
    var templates = ChangeCounts()
    /// The checks that no template makes.
    var checks = ChangeCounts()
    /// The checks that templates make; unchanged ones are not counted.
    var madeChecks = ChangeCounts()
}

extension DesiredCounts {
    init(_ plan: DesiredPlan) {
        targets = plan.targets.counts
        templates = plan.templates.counts
        checks = plan.checks.counts
        madeChecks = ChangeCounts(
            created: plan.made.create.count, updated: plan.made.update.count,
            deleted: plan.made.delete.count)
    }
}
