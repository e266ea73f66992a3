/// The kinds of records that the inventory keeps.
enum RecordKinds {
    static let item = RecordKind(
        "ci", "item", ItemMembers.self,
        columns: [
            .text("name"), .text("class"), .text("status"), .text("environment"),
            .reference("owner", to: "team"), .int("criticality"),
            .reference("location", to: "location"), .reference("service", to: "service"),
            .object("fields"), .text("description"), .text("discovered_by"),
            .text("external_key"),
        ],
        unique: [["class", "name"], ["discovered_by", "external_key"]],
        announced: ["class", "status"])

    static let service = RecordKind(
        "service", "service", ServiceMembers.self,
        columns: [
            .text("name"), .text("status"), .reference("owner", to: "team"),
            .int("criticality"), .reference("parent", to: "service"), .int("min_up"),
            .text("description"),
        ],
        unique: [["name"]], parent: "parent", announced: ["status"])

    static let team = RecordKind(
        "team", "team", TeamMembers.self,
        columns: [.text("name"), .text("email"), .text("description")], unique: [["name"]])

    static let person = RecordKind(
        "person", "person", PersonMembers.self,
        columns: [
            .text("name"), .text("email"), .text("phone"), .reference("team", to: "team"),
            .text("time_zone"), .instant("away_from"), .instant("away_until"),
            .text("description"),
        ],
        keys: ["email", "name"], unique: [["email"]])

    static let location = RecordKind(
        "location", "location", LocationMembers.self,
        columns: [
            .text("name"), .reference("parent", to: "location"), .text("address"),
            .text("description"),
        ],
        unique: [["name"]], parent: "parent")

    static let all = [item, service, team, person, location]
    private static let byNoun = Dictionary(uniqueKeysWithValues: all.map { ($0.noun, $0) })

    static func kind(_ noun: String) -> RecordKind? { byNoun[noun] }
}
