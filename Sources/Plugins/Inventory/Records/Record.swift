internal import OpsCore
internal import OpsJSONRPC

/// A record as the store holds it.
struct Record: Sendable {
    let kind: RecordKind
    var id: Int
    /// The members as callers give them; references are refs.
    var members: JSON.Object
    /// The names of the records that it refers to.
    var names = JSON.Object()
    var createdAt: Instant
    var updatedAt: Instant
    var generation: Int

    var ref: Ref { Ref(kind.noun, id) }
    var name: String { members["name"]?.string ?? "" }
}

extension Record {
    /// Reads a row that ``RecordReader`` has selected.
    init(row: Row, _ kind: RecordKind) throws {
        self.kind = kind
        id = try row.int("id")
        members = JSON.Object()
        createdAt = try row.instant("created_at")
        updatedAt = try row.instant("updated_at")
        generation = try row.int("generation")
        for column in kind.columns {
            members[column.member] = try Self.value(row, column)
            guard column.noun != nil else { continue }
            names[column.nameMember] = try row.optionalText(column.nameMember).map(JSON.string)
        }
    }

    private static func value(_ row: Row, _ column: RecordColumn) throws -> JSON? {
        switch column.content {
        case .text: try row.optionalText(column.name).map(JSON.string)
        case .int: try row.optionalInt(column.name).map { .number(JSON.Number($0)) }
        case .instant: try row.optionalInstant(column.name).map { .string($0.description) }
        case .object: try row.optionalJSON(column.name)
        case .reference(let noun):
            try row.optionalInt(column.name).map { .string(Ref(noun, $0).description) }
        }
    }

    /// The record as callers see it.
    var json: JSON {
        var shown: JSON.Object = ["ref": .string(ref.description)]
        for column in kind.columns {
            shown[column.member] = members[column.member]
            if column.noun != nil { shown[column.nameMember] = names[column.nameMember] }
        }
        shown["created_at"] = .string(createdAt.description)
        shown["updated_at"] = .string(updatedAt.description)
        shown["generation"] = .number(JSON.Number(generation))
        return .object(shown)
    }

    /// What stands in the kind's columns.
    var values: [SQLValue] {
        kind.columns.map { column in
            let value = members[column.member]
            return switch column.content {
            case .text: value?.string.sqlValue ?? .null
            case .int: value?.int.sqlValue ?? .null
            case .instant: value?.string.flatMap(Instant.init).sqlValue ?? .null
            case .object: value.sqlValue
            case .reference:
                value?.string.flatMap { Ref($0) }.flatMap { Int($0.key) }.sqlValue ?? .null
            }
        }
    }

    /// What events say of it.
    var identity: JSON.Object {
        var identity: JSON.Object = [
            kind.noun: .string(ref.description), "name": .string(name),
        ]
        for member in kind.announced { identity[member] = members[member] }
        return identity
    }

    /// What full-text search knows about it.
    var document: SearchDocument {
        let texts = kind.columns.filter {
            $0.content == .text && $0.member != "name" && $0.member != "description"
        }
        let fields = members["fields"]?.object ?? [:]
        return SearchDocument(
            ref: ref, title: name, body: members["description"]?.string ?? "",
            labels: texts.compactMap { members[$0.member]?.string }.filter { !$0.isEmpty }
                + fields.map { "\($0.key) \($0.value.string ?? $0.value.text)" },
            facets: facets)
    }

    /// What a search can be filtered by: the short members, refs among them, and custom fields.
    private var facets: [String: String] {
        var facets: [String: String] = [:]
        for column in kind.columns where column.isFacet {
            facets[column.member] = members[column.member]?.facet
        }
        for (name, value) in members["fields"]?.object ?? [:] {
            facets["fields.\(name)"] = value.facet
        }
        return facets
    }
}

/// A record of one kind, as callers see it.
protocol RecordView: Codable, Sendable {
    static var kind: RecordKind { get }
}

extension RecordView {
    init(_ record: Record) throws { self = try record.json.decode(Self.self) }
}

extension JSON {
    /// The value as a search is filtered by it; nil for none.
    fileprivate var facet: String? { self.string ?? (self.isNull ? nil : self.text) }
}
