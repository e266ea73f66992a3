/// What has happened when a verb was carried out: "create" gives "created".
enum PastTense {
    private static let irregular = [
        "run": "ran", "set": "set", "split": "split", "send": "sent", "find": "found",
        "read": "read", "begin": "begun", "ack": "acknowledged",
    ]
    private static let doubling: Set<String> = [
        "submit", "stop", "drop", "plan", "ban", "tag", "commit", "map", "transfer", "unplug",
    ]

    static func of(_ verb: String) -> String {
        if let known = irregular[verb] { return known }
        if verb == "cancel" { return "cancelled" }
        if doubling.contains(verb), let last = verb.last { return "\(verb)\(last)ed" }
        if verb.hasSuffix("e") { return verb + "d" }
        if verb.hasSuffix("y"), let before = verb.dropLast().last, !"aeiou".contains(before) {
            return verb.dropLast() + "ied"
        }
        return verb + "ed"
    }
}
