internal import OpsCore
internal import OpsJSONRPC

/// The fields of an installation, and what they say about a ticket's values.
struct CustomFields: Sendable {
    private let definitions: [CustomField]

    /// Reads the settings.
    ///
    /// - Throws: `invalid_params` that names the entry and its member.
    init(_ entries: [JSON]) throws(RPCError) {
        definitions = try DeclaredList.read(entries, at: "fields")
        var seen: Set<String> = []
        for (index, field) in definitions.enumerated() {
            if let mistake = field.mistake {
                throw .badMember("fields[\(index)].\(mistake.member)", mistake.reason)
            }
            guard seen.insert(field.name).inserted else {
                throw .badMember("fields[\(index)].name", "is there twice: \(field.name)")
            }
        }
    }

    /// A ticket's values after a change, in which null takes one away.
    ///
    /// - Throws: `invalid_params` with every value that is wrong, unknown or missing.
    func apply(
        _ change: JSON.Object, to old: JSON.Object, of kind: TicketKind
    ) throws(RPCError) -> JSON.Object {
        var values = old
        var bad: [RPCError.FieldError] = []
        for (name, value) in change {
            if let reason = complaint(name, value, kind) {
                bad.append(.init(path: "fields.\(name)", reason: reason))
            }
            values[name] = value.isNull ? JSON?.none : value
        }
        for field in definitions where field.required && field.belongs(to: kind) {
            guard values[field.name] == nil else { continue }
            bad.append(.init(path: "fields.\(field.name)", reason: "is required"))
        }
        guard bad.isEmpty else {
            throw .invalidParams("Not all of these values are right.", fields: bad)
        }
        return values
    }

    /// The cells of a file as values: where a field takes texts, `4711` is one.
    func values(ofCells cells: JSON.Object) -> JSON.Object {
        var values = cells
        for field in definitions where field.type.isText {
            guard let cell = cells[field.name], !cell.isNull, cell.string == nil else { continue }
            values[field.name] = .string(cell.text)
        }
        return values
    }

    /// What is wrong with a name; nil when there is a field called so.
    ///
    /// - Parameter kind: Of whose fields is spoken; of those of all kinds when it is nil.
    func complaint(aboutName name: String, of kind: TicketKind? = nil) -> String? {
        guard !definitions.contains(where: { $0.name == name }) else { return nil }
        let names = definitions.filter { kind.map($0.belongs) ?? true }.map(\.name)
        return "is no field; there are \(names.isEmpty ? "none" : names.joined(separator: ", "))"
    }

    private func complaint(_ name: String, _ value: JSON, _ kind: TicketKind) -> String? {
        // Whatever a ticket has from earlier settings may be taken away.
        if value.isNull { return nil }
        guard let field = definitions.first(where: { $0.name == name }) else {
            return complaint(aboutName: name, of: kind)
        }
        guard field.belongs(to: kind) else { return "is no field of \(kind.article)" }
        return field.complaint(about: value)
    }
}
