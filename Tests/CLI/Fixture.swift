import OpsJSONRPC

@testable import opsloop

/// A discover document as the daemon sends it, and the things made of it that tests share.
enum Fixture {
    /// 2026-11-21T12:00:00Z.
    static let now = Instant(milliseconds: 1_795_262_400_000)

    static func document() throws -> JSON {
        try JSON.parse(discover)
    }

    static func interface() throws -> Interface {
        Interface(document: try document())
    }

    static func values(files: [String: String] = [:]) -> ValueReader {
        ValueReader(now: now) { path in
            guard let text = files[path] else { throw Failure.usage("cannot read \(path)") }
            return Array(text.utf8)
        }
    }

    static func parser(files: [String: String] = [:]) throws -> CommandLineParser {
        CommandLineParser(interface: try interface(), values: values(files: files))
    }

    static func command(_ words: String) throws -> Command {
        let words = words.split(separator: " ").map(String.init)
        guard let command = try interface().command(words) else {
            throw Failure.usage("the fixture has no command \(words)")
        }
        return command
    }

    static let discover = #"""
        {
          "openrpc": "1.3.2",
          "info": {"title": "OpsLoop", "version": "0.1.0"},
          "methods": [
            {
              "name": "system.ping", "summary": "Answers.", "paramStructure": "by-name",
              "params": [], "result": {"name": "result", "schema": {"type": "object"}},
              "x-effect": "read", "x-owner": "core"
            },
            {
              "name": "check.create", "summary": "Creates a check.",
              "paramStructure": "by-name",
              "params": [
                {"name": "name", "required": true, "description": "A unique name.",
                 "schema": {"type": "string", "minLength": 1}},
                {"name": "type", "required": true, "description": "What it looks at.",
                 "schema": {"type": "string", "enum": ["http", "tcp", "exec", "heartbeat"]}},
                {"name": "labels", "description": "Labels to select it by.",
                 "schema": {"type": "object", "additionalProperties": {"type": "string"},
                            "default": {}}},
                {"name": "interval_ms", "description": "How often.",
                 "schema": {"type": "integer", "default": 60000, "minimum": 1000}},
                {"name": "timeout_ms", "description": "How long a run may take.",
                 "schema": {"type": "integer", "default": 10000}},
                {"name": "max_attempts", "description": "Runs until a state is hard.",
                 "schema": {"type": "integer", "default": 3}},
                {"name": "enabled", "description": "Whether it runs.",
                 "schema": {"type": "boolean", "default": true}},
                {"name": "url", "required": true, "description": "The address.",
                 "schema": {"type": "string"}, "x-applies-to": ["http"]},
                {"name": "status", "description": "Accepted status codes.",
                 "schema": {"type": "array", "items": {"type": "integer"}},
                 "x-applies-to": ["http"]},
                {"name": "password", "description": "For basic authentication.",
                 "schema": {"type": "string"}, "x-secret": true, "x-applies-to": ["http"]},
                {"name": "headers", "description": "Sent along.",
                 "schema": {"type": "object", "additionalProperties": {"type": "string"}},
                 "x-applies-to": ["http"]},
                {"name": "host", "required": true, "description": "The host.",
                 "schema": {"type": "string"}, "x-applies-to": ["tcp"]},
                {"name": "port", "required": true, "description": "The port.",
                 "schema": {"type": "integer"}, "x-applies-to": ["tcp"]},
                {"name": "command", "required": true, "description": "The program.",
                 "schema": {"type": "array", "items": {"type": "string"}},
                 "x-rest": true, "x-applies-to": ["exec"]}
              ],
              "result": {"name": "result", "schema": {"type": "object", "properties": {
                "ref": {"type": "string", "description": "The check."},
                "interval_ms": {"type": "integer"},
                "labels": {"type": "object", "additionalProperties": {"type": "string"}}}}},
              "errors": [{"code": 1004, "message": "The name is taken.",
                          "data": {"kind": "conflict"}}],
              "x-effect": "write", "x-owner": "monitoring"
            },
            {
              "name": "check.list", "summary": "Lists checks.", "paramStructure": "by-name",
              "params": [
                {"name": "state", "description": "Only in this state.",
                 "schema": {"type": "string",
                            "enum": ["ok", "warning", "critical", "unknown", "pending"]}},
                {"name": "label", "description": "Only with this label, like env=prod.",
                 "schema": {"type": "string"}},
                {"name": "limit", "description": "How many at most.",
                 "schema": {"type": "integer", "default": 100, "maximum": 2}},
                {"name": "cursor", "description": "Where to go on.",
                 "schema": {"type": ["string", "null"]}}
              ],
              "result": {"name": "result", "schema": {"type": "object"}},
              "x-effect": "read", "x-owner": "monitoring",
              "x-columns": ["name", "type", "state", "last_check_at", "interval_ms", "output"]
            },
            {
              "name": "check.get", "summary": "Shows a check.", "paramStructure": "by-name",
              "params": [
                {"name": "check", "required": true, "description": "A ref or a name.",
                 "schema": {"type": "string"}, "x-positional": true}
              ],
              "result": {"name": "result", "schema": {"type": "object"}},
              "x-effect": "read", "x-owner": "monitoring"
            },
            {
              "name": "check.delete", "summary": "Deletes a check.",
              "paramStructure": "by-name",
              "params": [
                {"name": "check", "required": true, "description": "A ref or a name.",
                 "schema": {"type": "string"}, "x-positional": true}
              ],
              "result": {"name": "result", "schema": {"type": "object"}},
              "x-effect": "destroy", "x-owner": "monitoring"
            },
            {
              "name": "check.run", "summary": "Runs a check now.",
              "paramStructure": "by-name",
              "params": [
                {"name": "check", "required": true, "description": "A ref or a name.",
                 "schema": {"type": "string"}, "x-positional": true}
              ],
              "result": {"name": "result", "schema": {"type": "object"}},
              "x-effect": "write", "x-owner": "monitoring"
            },
            {
              "name": "audit.list", "summary": "Lists the audit log.",
              "paramStructure": "by-name",
              "params": [
                {"name": "from", "description": "The first moment.",
                 "schema": {"type": "string", "format": "date-time"}},
                {"name": "filter", "description": "A filter.", "schema": {"type": "object"}},
                {"name": "weight", "schema": {"type": "number"}},
                {"name": "socket", "description": "Where it came from.",
                 "schema": {"type": "string"}}
              ],
              "result": {"name": "result", "schema": {"type": "object"}},
              "x-effect": "read", "x-owner": "core"
            },
            {
              "name": "backup.plan.create", "summary": "Creates a plan for backups.",
              "paramStructure": "by-name",
              "params": [
                {"name": "paths", "required": true, "description": "What to save.",
                 "schema": {"type": "array", "items": {"type": "string"}},
                 "x-positional": true}
              ],
              "result": {"name": "result", "schema": {"type": "object"}},
              "x-effect": "write", "x-owner": "backups"
            }
          ]
        }
        """#
}
