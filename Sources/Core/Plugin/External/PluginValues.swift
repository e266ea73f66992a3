internal import OpsJSONRPC

/// The values that a plugin keeps; each plugin sees its own only.
struct PluginValues: Sendable {
    static let migrations = [
        Migration(
            "create_value_and_cursor",
            """
            CREATE TABLE plugin_value (
                plugin TEXT NOT NULL,
                name TEXT NOT NULL,
                value TEXT NOT NULL,
                generation BIGINT NOT NULL,
                PRIMARY KEY (plugin, name)
            );
            CREATE TABLE plugin_cursor (
                plugin TEXT NOT NULL PRIMARY KEY,
                seq BIGINT NOT NULL
            )
            """),
        // Counting a plugin's values for each new one would keep all other writers waiting.
        Migration(
            "create_value_count",
            """
            CREATE TABLE plugin_value_count (
                plugin TEXT NOT NULL PRIMARY KEY,
                n BIGINT NOT NULL
            );
            INSERT INTO plugin_value_count (plugin, n)
                SELECT plugin, count(*) FROM plugin_value GROUP BY plugin;
            """),
    ]

    private static let maxKeyBytes = 256
    private static let maxValueBytes = 1 << 20
    private static let maxKeys = 10_000

    let store: Store
    let plugin: String

    func get(_ params: JSON?) async throws -> JSON {
        let key = try Self.key(params)
        let row = try await store.read { [plugin] in
            try $0.row(
                "SELECT value, generation FROM plugin_value WHERE plugin = ? AND name = ?", plugin,
                key)
        }
        return [
            "value": try row?.json("value") ?? .null,
            "generation": .number(JSON.Number(try row?.int64("generation") ?? 0)),
        ]
    }

    func put(_ params: JSON?) async throws -> JSON {
        let key = try Self.key(params)
        let expected = try Self.generation(params)
        guard let value = params?["value"] else { throw RPCError.badField("value", "is required") }
        let text = value.text
        guard text.utf8.count <= Self.maxValueBytes else {
            throw RPCError.tooLarge(
                "The value has \(text.utf8.count) bytes; \(Self.maxValueBytes) are allowed.")
        }
        let generation = try await store.writeUnaudited { [plugin] transaction in
            let present = try Self.generation(of: key, plugin, transaction)
            try Self.compare(present, expected, key)
            if present == 0 { try Self.countOneMore(plugin, transaction) }
            try transaction.execute(
                """
                INSERT INTO plugin_value (plugin, name, value, generation) VALUES (?, ?, ?, ?)
                ON CONFLICT (plugin, name)
                DO UPDATE SET value = excluded.value, generation = excluded.generation
                """, plugin, key, text, present + 1)
            return present + 1
        }
        return ["generation": .number(JSON.Number(generation))]
    }

    func delete(_ params: JSON?) async throws -> JSON {
        let key = try Self.key(params)
        let expected = try Self.generation(params)
        let count = try await store.writeUnaudited { [plugin] transaction in
            try Self.compare(
                Self.generation(of: key, plugin, transaction), expected, key)
            let count = try transaction.execute(
                "DELETE FROM plugin_value WHERE plugin = ? AND name = ?", plugin, key)
            try transaction.execute(
                "UPDATE plugin_value_count SET n = n - ? WHERE plugin = ?", count, plugin)
            return count
        }
        return ["deleted": .bool(count > 0)]
    }

    func list(_ params: JSON?) async throws -> JSON {
        let prefix = params?["prefix"]?.string ?? ""
        let after = params?["cursor"]?.string ?? ""
        let limit = params?["limit"]?.int ?? 100
        guard (1...1000).contains(limit) else {
            throw RPCError.badField("limit", "must be 1 to 1000")
        }
        let rows = try await store.read { [plugin] in
            try $0.rows(
                """
                SELECT name, generation FROM plugin_value
                WHERE plugin = ? AND name > ? AND substr(name, 1, ?) = ? ORDER BY name LIMIT ?
                """, plugin, after, prefix.unicodeScalars.count, prefix, limit + 1)
        }
        let items: [JSON] = try rows.prefix(limit).map {
            [
                "key": .string(try $0.text("name")),
                "generation": .number(JSON.Number(try $0.int64("generation"))),
            ]
        }
        var page: JSON.Object = ["items": .array(items)]
        if rows.count > limit { page["next_cursor"] = items.last?["key"] }
        return .object(page)
    }

    // MARK: - Parts

    private static func key(_ params: JSON?) throws -> String {
        guard let key = params?["key"]?.string, !key.isEmpty, !key.utf8.contains(0) else {
            throw RPCError.badField("key", "must be a text that is not empty")
        }
        guard key.utf8.count <= maxKeyBytes else {
            throw RPCError.tooLarge(
                "The key has \(key.utf8.count) bytes; \(maxKeyBytes) are allowed.")
        }
        return key
    }

    private static func generation(_ params: JSON?) throws -> Int64? {
        guard let json = params?["generation"], !json.isNull else { return nil }
        guard let generation = json.int, generation >= 0 else {
            throw RPCError.badField("generation", "must be an integer from 0")
        }
        return Int64(generation)
    }

    private static func generation(
        of key: String, _ plugin: String, _ transaction: WriteTransaction
    ) throws -> Int64 {
        try transaction.row(
            "SELECT generation FROM plugin_value WHERE plugin = ? AND name = ?", plugin, key)?
            .int64("generation") ?? 0
    }

    private static func compare(_ present: Int64, _ expected: Int64?, _ key: String) throws {
        guard let expected, expected != present else { return }
        throw RPCError.staleGeneration(
            "The value \(key) has the generation \(present), not \(expected).")
    }

    private static func countOneMore(_ plugin: String, _ transaction: WriteTransaction) throws {
        let count =
            try transaction.row(
                "SELECT n FROM plugin_value_count WHERE plugin = ?", plugin)?.int("n") ?? 0
        guard count < maxKeys else {
            throw RPCError.tooLarge(
                "The plugin keeps \(count) values already; \(maxKeys) are allowed.")
        }
        try transaction.execute(
            """
            INSERT INTO plugin_value_count (plugin, n) VALUES (?, ?)
            ON CONFLICT (plugin) DO UPDATE SET n = excluded.n
            """, plugin, count + 1)
    }
}

// MARK: - How far events have been delivered

extension PluginValues {
    /// The number of the last event that the plugin has handled; nil when it never got any.
    func cursor() async throws -> Int64? {
        try await store.read { [plugin] in
            try $0.row("SELECT seq FROM plugin_cursor WHERE plugin = ?", plugin)?.int64("seq")
        }
    }

    func setCursor(_ seq: Int64) async throws {
        try await store.writeUnaudited { [plugin] transaction in
            try transaction.execute(
                """
                INSERT INTO plugin_cursor (plugin, seq) VALUES (?, ?)
                ON CONFLICT (plugin) DO UPDATE SET seq = excluded.seq
                """, plugin, seq)
        }
    }
}
