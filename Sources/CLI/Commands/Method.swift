import OpsJSONRPC

/// What the daemon says about one of its methods, beyond its parameters.
struct Method: Sendable, Equatable {
    enum Effect: String, Sendable {
        case read, write, destroy
    }

    var name: String
    var effect: Effect
    /// Whether two calls do the same as one.
    var isIdempotent: Bool
    var owner: String?
    var columns: [String]
    var result: JSON?
    var errors: [JSON]

    init?(document: JSON) {
        guard let name = document["name"]?.string else { return nil }
        self.name = name
        // A method that does not say what it does is treated as one that changes something.
        self.effect = document["x-effect"]?.string.flatMap { Effect(rawValue: $0) } ?? .write
        self.isIdempotent = effect == .read || document["x-idempotent"] == true
        self.owner = document["x-owner"]?.string
        self.columns = document["x-columns"]?.array?.compactMap(\.string) ?? []
        self.result = document["result"]?["schema"]
        self.errors = document["errors"]?.array ?? []
    }

    /// Whether `items` in its answers are what was asked for, and not one member of a record.
    ///
    /// Its declared result tells: a page names the next one, a table its columns, and a bare list has
    /// no other member. A result that declares no members may have any.
    var answersList: Bool {
        guard let members = result?["properties"]?.object else { return true }
        return members["next_cursor"] != nil || !columns.isEmpty || members.count == 1
    }

    /// The member of its answers that holds the bytes of a file, in base64.
    var fileMember: String? {
        result?["properties"]?.object?
            .first { $0.value["contentEncoding"]?.string == "base64" }?.key
    }

    var verb: String {
        name.split(separator: ".").last.map(String.init) ?? name
    }
}
