internal import OpsJSONRPC

/// Says what OpsLoop would refuse in a manifest.
struct ManifestCheck {
    private(set) var complaints: [String] = []
    private let name: String

    /// Whether its methods may begin with other words than its name, as those of bundled plugins.
    private let isBundled: Bool

    init(_ manifest: JSON, isBundled: Bool) {
        name = manifest["name"]?.string ?? ""
        self.isBundled = isBundled
        let known = [
            "protocol", "name", "version", "summary", "disable", "features", "requires",
            "config_schema", "methods", "events", "hooks", "routes", "contributions",
        ]
        checkMembers(of: manifest, at: "", known: known)
        checkHead(manifest)
        checkNames(manifest["features"], at: "features", isFeature)
        for (kind, claims) in manifest["requires"]?.object ?? [:] where claims.array != nil {
            checkNames(claims, at: "requires.\(kind)", isScope)
        }
        for (index, method) in (manifest["methods"]?.array ?? []).enumerated() {
            check(method: method, at: "methods[\(index)]")
        }
        for (index, event) in (manifest["events"]?.array ?? []).enumerated() {
            checkMembers(of: event, at: "events[\(index)]", known: ["topic", "summary", "schema"])
            checkOwn(event["topic"], at: "events[\(index)].topic")
        }
        for (index, hook) in (manifest["hooks"]?.array ?? []).enumerated() {
            check(hook: hook, at: "hooks[\(index)]")
        }
        for (index, part) in (manifest["contributions"]?.array ?? []).enumerated() {
            check(contribution: part, of: manifest, at: "contributions[\(index)]")
        }
        refuseTwice((manifest["methods"]?.array ?? []).compactMap { $0["name"]?.string })
    }

    private mutating func complain(_ path: String, _ reason: String) {
        complaints.append("\(path) \(reason)")
    }

    private mutating func checkMembers(of value: JSON, at path: String, known: [String]) {
        guard let members = value.object else {
            return complain(path.isEmpty ? "the manifest" : path, "must be an object")
        }
        for (key, _) in members where !known.contains(key) {
            complain(path.isEmpty ? key : "\(path).\(key)", "is not known")
        }
    }

    private mutating func checkHead(_ manifest: JSON) {
        if manifest["protocol"]?.array?.contains(1) != true {
            complain("protocol", "must be a list that contains 1")
        }
        if !isName(name) { complain("name", "must be lower case letters, digits and _") }
        let version = (manifest["version"]?.string ?? "").split(separator: ".")
        if version.count < 3 || version.prefix(2).contains(where: { Int($0) == nil }) {
            complain("version", "must be like 1.2.3")
        }
        if manifest["methods"]?.array == nil { complain("methods", "must be a list") }
        if let schema = manifest["config_schema"], schema.object == nil {
            complain("config_schema", "must be an object")
        }
    }

    private mutating func checkNames(
        _ list: JSON?, at path: String, _ isGood: (String) -> Bool
    ) {
        guard let list else { return }
        for element in list.array ?? [.null] where !isGood(element.string ?? "") {
            complain(path, "has \(element.text), which OpsLoop does not know")
        }
    }

    private mutating func check(method: JSON, at path: String) {
        let known = [
            "name", "summary", "params", "result", "scope", "effect", "idempotent", "deprecated",
            "errors", "examples", "columns",
        ]
        checkMembers(of: method, at: path, known: known)
        checkOwn(method["name"], at: "\(path).name")
        if (method["params"] ?? .null)["type"]?.string ?? "object" != "object"
            || method["params"]?.object == nil
        {
            complain("\(path).params", "must be the JSON schema of an object")
        }
        if let effect = method["effect"],
            !["read", "write", "destroy"].contains(effect.string ?? "")
        {
            complain("\(path).effect", "must be read, write or destroy")
        }
        for (index, error) in (method["errors"]?.array ?? []).enumerated()
        where (error["code"]?.int ?? 0) < 2000 || error["kind"]?.string == nil {
            complain("\(path).errors[\(index)]", "needs a code from 2000 on and a kind")
        }
        for (index, example) in (method["examples"]?.array ?? []).enumerated()
        where example["name"]?.string == nil || example["params"]?.object == nil {
            complain("\(path).examples[\(index)]", "needs a name and params")
        }
    }

    private mutating func check(hook: JSON, at path: String) {
        checkMembers(of: hook, at: path, known: ["name", "before", "after", "filter"])
        let words = (hook["name"]?.string ?? "").split(separator: ".")
        if words.count < 2 || words.last?.hasPrefix("before_") != true {
            complain("\(path).name", "must be like ticket.before_create")
        }
    }

    /// A part of a page is seen by whoever may call a method that shows the same.
    private mutating func check(contribution: JSON, of manifest: JSON, at path: String) {
        checkMembers(of: contribution, at: path, known: ["section", "summary", "nouns", "method"])
        let section = contribution["section"]?.string ?? ""
        if !(1...60).contains(section.count) {
            complain("\(path).section", "must be a text of 1 to 60 characters")
        }
        checkNames(contribution["nouns"] ?? .null, at: "\(path).nouns", isScope)
        let shows = (manifest["methods"]?.array ?? []).contains { method in
            method["name"] == contribution["method"] && method["effect"]?.string == "read"
        }
        if !shows { complain("\(path).method", "must be a method of the plugin that reads") }
    }

    /// A plugin's methods and events begin with its name.
    private mutating func checkOwn(_ value: JSON?, at path: String) {
        let text = value?.string ?? ""
        let words = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if text.utf8.count > 64 || words.count < 2 || !words.allSatisfy(isName) {
            complain(path, "must be like \(name).verb")
        } else if words[0] != name, !isBundled {
            complain(path, "must begin with \(name).")
        }
    }

    private mutating func refuseTwice(_ names: [String]) {
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted {
            complain("methods", "has \(name) twice")
        }
    }
}

private func isName(_ text: String) -> Bool {
    let isGood = text.utf8.allSatisfy {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "_")
    }
    return isGood && text.utf8.count <= 32 && text.first?.isLetter == true
}

private func isScope(_ text: String) -> Bool {
    text == "*"
        || text.split(separator: ".", omittingEmptySubsequences: false).enumerated()
            .allSatisfy { index, word in isName(String(word)) || index > 0 && word == "*" }
}

private func isFeature(_ text: String) -> Bool {
    ["validate", "reload", "health", "cancel", "progress", "dry_run"].contains(text)
}
