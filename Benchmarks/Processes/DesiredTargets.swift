import OpsJSONRPC

/// Targets on this machine, each with a loopback address of its own.
struct DesiredTargets {
    let count: Int

    /// A desired state of these targets and some templates, which match all of them.
    func state(_ templates: [JSON]) -> JSON {
        let targets = (0..<count).map { number -> JSON in
            let address = "127.\(1 + number / 62_500).\(number / 250 % 250).\(1 + number % 250)"
            return [
                "name": .string("host-\(number)"), "address": .string(address),
                "labels": ["site": .string("site-\(number % 50)"), "role": "server"],
            ]
        }
        return ["targets": .array(targets), "templates": .array(templates)]
    }
}
