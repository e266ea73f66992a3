internal import OpsCore
internal import OpsJSONRPC

/// What the inventory has to say about items, for pages that are about them.
enum InventoryContributions {
    static let declarations = [
        ContributionDeclaration(
            "inventory", "What an item is, who answers for it and where it is.",
            about: [Item.kind.noun], seenLike: GetItem.name),
        ContributionDeclaration(
            "service", "The service that an item is there for.", about: [Item.kind.noun],
            seenLike: GetService.name),
        ContributionDeclaration(
            "owner", "The team that answers for an item, and its mailbox.", about: [Item.kind.noun],
            seenLike: GetTeam.name),
        ContributionDeclaration(
            "impact", "What is affected when an item fails.", about: [Item.kind.noun],
            seenLike: ShowImpact.name),
    ]

    /// How many of those that are affected are named.
    static let mostNamed = 20

    // MARK: - The item

    static func description(of record: Record, in tx: ReadTransaction) throws -> Contribution {
        let item = try Item(record)
        let words = [item.class, item.environment, item.status.rawValue].filter { !$0.isEmpty }
        var lines: [Contribution.Line] = []
        func say(_ what: String, _ ref: Ref?, _ name: String?) {
            guard let ref, let name else { return }
            lines.append(.init("\(what): \(name)", ref: ref))
        }
        // No more of them than the item shows: the rest is for who may see the service and the team.
        say("service", item.service, item.serviceName)
        say("owner", item.owner, item.ownerName)
        say("location", item.location, item.locationName)
        var contribution = Contribution(
            to: record.ref, "inventory",
            title: "\(record.name) (\(words.joined(separator: ", ")))", lines: lines)
        let own = Contribution.Line(
            item.description, ref: record.ref, data: record.json.object ?? [:])
        contribution.lines.insert(own, at: 0)
        return contribution
    }

    static func service(of record: Record, in tx: ReadTransaction) throws -> Contribution? {
        guard let ref = try Item(record).service, let found = try load(ref, Service.kind, in: tx)
        else { return nil }
        let service = try Service(found)
        let rank = service.criticality.map { ", criticality \($0)" } ?? ""
        return Contribution(
            to: record.ref, "service",
            title: "\(service.name) (\(service.status.rawValue)\(rank))",
            lines: [.init(service.description, ref: ref, data: found.members)])
    }

    static func owner(of record: Record, in tx: ReadTransaction) throws -> Contribution? {
        guard let ref = try Item(record).owner, let team = try load(ref, Team.kind, in: tx) else {
            return nil
        }
        let mail = team.members["email"]?.string.map { " <\($0)>" } ?? ""
        return Contribution(
            to: record.ref, "owner", title: team.name + mail,
            lines: [
                .init(team.members["description"]?.string ?? "", ref: ref, data: team.members)
            ])
    }

    private static func load(
        _ ref: Ref, _ kind: RecordKind, in tx: ReadTransaction
    ) throws -> Record? {
        try Int(ref.key).flatMap { try RecordReader.load($0, kind, in: tx) }
    }

    // MARK: - What stands on it

    static func impact(of record: Record, in tx: ReadTransaction) throws -> Contribution {
        let reader = GraphReader(tx: tx, types: RelationType.carrying)
        let impact = try reader.impact(of: [.item(record.id)])
        let graph = try Graph(
            impact.walk, [], direction: .impact, format: .table, limit: mostNamed + 1,
            reader: reader)
        let affected = graph.items.dropFirst()
        return Contribution(
            to: record.ref, "impact",
            title: title(record.name, graph.itemCount, graph.serviceCount, impact.weakened.count),
            lines: affected.map(line), more: graph.more)
    }

    private static func title(
        _ name: String, _ items: Int, _ services: Int, _ weakened: Int
    ) -> String {
        var parts: [String] = []
        if items > 0 { parts.append(count(items, "item")) }
        if services > 0 { parts.append(count(services, "service")) }
        let affected = parts.isEmpty ? "nothing" : parts.joined(separator: " and ")
        let rest = weakened == 0 ? "" : "; \(count(weakened, "group")) would carry on with less"
        return "\(affected) affected when \(name) fails\(rest)"
    }

    private static func count(_ number: Int, _ word: String) -> String {
        "\(number) \(word)\(number == 1 ? "" : "s")"
    }

    private static func line(_ node: Graph.Node) -> Contribution.Line {
        let rank = node.criticality.map { ", criticality \($0)" } ?? ""
        let owner = node.ownerName.map { ", owner \($0)" } ?? ""
        var data: JSON.Object = [
            "name": .string(node.name), "class": .string(node.class),
            "status": .string(node.status), "depth": .number(JSON.Number(node.depth)),
        ]
        data["criticality"] = node.criticality.map { .number(JSON.Number($0)) }
        data["owner_name"] = node.ownerName.map(JSON.string)
        data["via"] = node.via.map { .string($0.description) }
        return .init("\(node.name) (\(node.class)\(rank)\(owner))", ref: node.ref, data: data)
    }
}

/// Pages of others ask what the inventory knows.
extension InventoryService {
    func contributions(_ question: ContributionQuestion) async throws -> [Contribution] {
        try await store.read { tx in
            var said: [Contribution] = []
            for subject in question.subjects {
                guard let id = Int(subject.key),
                    let record = try RecordReader.load(id, Item.kind, in: tx)
                else { continue }
                if question.sections.contains("inventory") {
                    said.append(try InventoryContributions.description(of: record, in: tx))
                }
                if question.sections.contains("service") {
                    said += try [InventoryContributions.service(of: record, in: tx)].compactMap(
                        \.self)
                }
                if question.sections.contains("owner") {
                    said += try [InventoryContributions.owner(of: record, in: tx)].compactMap(
                        \.self)
                }
                if question.sections.contains("impact") {
                    said.append(try InventoryContributions.impact(of: record, in: tx))
                }
            }
            return said
        }
    }
}
