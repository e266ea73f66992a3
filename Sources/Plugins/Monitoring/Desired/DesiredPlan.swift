internal import OpsCore
internal import OpsJSONRPC

/// Everything that has to be done so that there is what somebody wants.
struct DesiredPlan: Sendable {
    let targets: Changes<TargetDefinition, StoredTarget>
    let templates: Changes<CheckTemplate, StoredTemplate>
    let checks: Changes<CheckDefinition, StoredCheck>
    let made: MadeChecks
    let places: Places

    /// Where in the file records stand, by their names.
    struct Places: Sendable {
        var checks: [String: Int] = [:]
        var templates: [String: Int] = [:]

        /// The path of a template; its name when it is not in a file.
        func path(of template: CheckTemplate) -> String {
            templates[template.name].map { "templates[\($0)]" } ?? template.name
        }

        func path(ofCheck name: String) -> String {
            checks[name].map { "checks[\($0)]" } ?? name
        }
    }

    var isEmpty: Bool {
        targets.isEmpty && templates.isEmpty && checks.isEmpty && made.create.isEmpty
            && made.update.isEmpty && made.delete.isEmpty
    }

    /// Plans changes of targets and templates.
    ///
    /// - Throws: `invalid_params` when a target lacks what a template asks for.
    init(
        targets: Changes<TargetDefinition, StoredTarget>,
        templates: Changes<CheckTemplate, StoredTemplate>,
        checks: Changes<CheckDefinition, StoredCheck> = Changes(keeping: []),
        over watchlist: Watchlist, places: Places = Places()
    ) throws(RPCError) {
        self.targets = targets
        self.templates = templates
        self.checks = checks
        self.places = places
        made = try MadeChecks(
            targets, templates, over: watchlist, path: places.path(of:))
    }

    /// Plans how to come from what there is to a desired state.
    ///
    /// - Parameter own: The checks that came by a method and that no template makes.
    /// - Throws: `invalid_params` when a check makes no sense, when a target lacks what a template
    ///   asks for, or when a covered secret stands where there is none to keep.
    init(
        _ state: DesiredState, over watchlist: Watchlist, own: [StoredCheck], _ reader: CheckReader
    ) throws(RPCError) {
        let targets = Array(watchlist.targets.values)
        let stored = Array(watchlist.templates.values)
        let templates = try state.templates.map { wanted throws(RPCError) in
            try Secrets.kept(in: wanted, of: watchlist, reader)
        }
        let checks = try state.checks.map { wanted throws(RPCError) in
            try Self.judged(try Secrets.kept(in: wanted, of: own, reader.catalog), reader)
        }
        let places = Places(
            checks: Dictionary(
                (checks ?? []).enumerated().map { ($1.name, $0) }, uniquingKeysWith: { $1 }),
            templates: Dictionary(
                (templates ?? []).enumerated().map { ($1.name, $0) }, uniquingKeysWith: { $1 }))
        try self.init(
            targets: state.targets.map { wanted in
                Changes(
                    from: targets, to: wanted, nameOf: \.definition.name, wantedName: \.name,
                    isSame: { $0.definition == $1 })
            } ?? Changes(keeping: targets),
            templates: templates.map { wanted in
                Changes(
                    from: stored, to: wanted, nameOf: \.template.name, wantedName: \.name,
                    isSame: { $0.template == $1 })
            } ?? Changes(keeping: stored),
            checks: checks.map { Self.changes(from: own, to: $0) } ?? Changes(keeping: own),
            over: watchlist, places: places)
    }

    /// Refuses checks that templates would make and that make no sense.
    ///
    /// It takes as long as writing them does; both are done at the same time.
    ///
    /// - Throws: `invalid_params`.
    func validateMade(_ reader: CheckReader) throws(RPCError) {
        try made.validate(reader, path: places.path(of:))
    }

    private static func judged(
        _ checks: [CheckDefinition], _ reader: CheckReader
    ) throws(RPCError) -> [CheckDefinition] {
        var wrong: [RPCError.FieldError] = []
        for (index, check) in checks.enumerated() {
            do throws(RPCError) {
                try reader.validate(check)
            } catch {
                wrong += error.moved(under: "checks[\(index)]").fields
            }
        }
        guard wrong.isEmpty else { throw .badMembers(wrong) }
        return checks
    }

    /// A check whose type changed is another check: its history says nothing about the new one.
    private static func changes(
        from own: [StoredCheck], to wanted: [CheckDefinition]
    ) -> Changes<CheckDefinition, StoredCheck> {
        var changes = Changes(
            from: own, to: wanted, nameOf: \.definition.name, wantedName: \.name,
            isSame: { $0.definition == $1 })
        for (old, new) in changes.update where old.definition.type != new.type {
            changes.delete.append(old)
            changes.create.append(new)
        }
        changes.update.removeAll { $0.old.definition.type != $0.new.type }
        return changes
    }
}
