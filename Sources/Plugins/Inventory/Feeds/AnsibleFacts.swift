internal import OpsImport
internal import OpsJSONRPC

/// The facts that Ansible gathers: what `ansible -m setup` shows, the files that it writes with `--tree`, and
/// those of its cache, one after the other.
enum AnsibleFacts {
    /// The text of one host.
    private struct Block {
        var line: Int
        /// What the inventory of Ansible calls the host, where the text says so.
        var name: String?
        /// What went wrong with it, in Ansible's word.
        var failure: String?
        var text: String
    }

    /// Reads all hosts, and says of which the text has no facts.
    static func read(_ text: String) -> (records: [ImportedRecord], mistakes: [LineMistake]) {
        var records: [ImportedRecord] = []
        var mistakes: [LineMistake] = []
        for block in blocks(text) {
            do throws(Mistake) {
                records.append(try record(block))
            } catch {
                mistakes.append(LineMistake(line: block.line, reason: error.reason))
            }
        }
        return (records, mistakes)
    }

    private struct Mistake: Error {
        var reason: String
    }

    // MARK: - Blocks

    /// A host begins with a line that begins with a brace, or with what `ansible` writes before it:
    /// `web1 | SUCCESS => {`.
    private static func blocks(_ text: String) -> [Block] {
        var blocks: [Block] = []
        var line = 0
        for part in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            line += 1
            let part = part.trimmingPrefix("\u{FEFF}")
            if let block = beginning(part, line) {
                blocks.append(block)
            } else if !blocks.isEmpty {
                blocks[blocks.count - 1].text += "\n" + part
            } else if part.contains(where: { !$0.isWhitespace }) {
                blocks.append(Block(line: line, text: String(part)))
            }
        }
        return blocks
    }

    private static func beginning(_ line: Substring, _ number: Int) -> Block? {
        if line.hasPrefix("{") { return Block(line: number, text: String(line)) }
        let halves = line.split(separator: " => ", maxSplits: 1)
        let head = halves.first?.split(separator: " | ") ?? []
        guard halves.count == 2, head.count == 2, halves[1].hasPrefix("{") else { return nil }
        let isFine = head[1] == "SUCCESS" || head[1] == "CHANGED"
        return Block(
            line: number, name: String(head[0]),
            failure: isFine ? nil : head[1].filter { $0.isLetter }.lowercased(),
            text: String(halves[1]))
    }

    // MARK: - Facts

    private static func record(_ block: Block) throws(Mistake) -> ImportedRecord {
        if let failure = block.failure {
            throw Mistake(reason: "says of \(block.name ?? "a host") that it is \(failure)")
        }
        let value: JSON
        do {
            value = try JSON.parse(block.text)
        } catch {
            throw Mistake(reason: "is no JSON: \(error)")
        }
        let facts = Facts(members: value["ansible_facts"]?.object ?? value.object ?? [:])
        let name = block.name ?? facts.text("hostname") ?? facts.text("nodename")
        let keys = ["machine_id", "product_uuid", "fqdn"].compactMap(facts.text)
        guard let name, let key = keys.first ?? block.name else {
            throw Mistake(reason: "holds no facts: neither a hostname nor a machine_id is there")
        }
        return ImportedRecord(line: block.line, key: key, name: name, facts.known)
    }

    /// The facts of one host, whose names begin with `ansible_` or not, by Ansible's settings.
    private struct Facts {
        let members: JSON.Object

        private func value(_ name: String) -> JSON? { members["ansible_\(name)"] ?? members[name] }

        /// A text that says something; `NA` is what Ansible writes of what it did not find.
        func text(_ name: String) -> String? {
            value(name)?.string.flatMap { $0.isEmpty || $0 == "NA" ? nil : $0 }
        }

        private func number(_ name: String) -> JSON? {
            value(name).flatMap { $0.int.map { .number(.init($0)) } }
        }

        private func words(_ names: [String]) -> String? {
            let all = names.compactMap(text)
            return all.isEmpty ? nil : all.joined(separator: " ")
        }

        private var addresses: String {
            ["all_ipv4_addresses", "all_ipv6_addresses"].flatMap { value($0)?.array ?? [] }
                .compactMap(\.string).joined(separator: " ")
        }

        private var disks: String {
            (value("devices")?.object ?? [:]).compactMap { name, disk in
                disk["size"]?.string.map { "\(name) \($0)" }
            }.sorted().joined(separator: ", ")
        }

        var known: [(String, JSON?)] {
            [
                ("hostname", text("hostname").map(JSON.string)),
                ("fqdn", text("fqdn").map(JSON.string)),
                ("os", words(["distribution", "distribution_version"]).map(JSON.string)),
                ("kernel", text("kernel").map(JSON.string)),
                ("architecture", text("architecture").map(JSON.string)),
                ("cpus", number("processor_vcpus") ?? number("processor_count")),
                ("memory_mb", number("memtotal_mb")),
                ("addresses", .string(addresses)),
                ("disks", .string(disks)),
                ("vendor", text("system_vendor").map(JSON.string)),
                ("model", text("product_name").map(JSON.string)),
                ("serial", text("product_serial").map(JSON.string)),
            ]
        }
    }
}
