import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct PluginValuesTests {
    private static func withValues(
        _ body: (PluginValues, _ other: PluginValues) async throws -> Void
    ) async throws {
        let folder = try StoreFolder()
        let store = try folder.open()
        try store.migrate(owner: "plugin", PluginValues.migrations)
        try await body(
            PluginValues(store: store, plugin: "cat"), PluginValues(store: store, plugin: "dog"))
        await store.close()
    }

    private static func error(_ body: () async throws -> JSON) async -> RPCError? {
        do {
            _ = try await body()
            return nil
        } catch {
            return error as? RPCError
        }
    }

    @Test func `a value is kept with its generation`() async throws {
        try await Self.withValues { values, _ in
            let found1 = try await values.get(["key": "a"])
            #expect(found1 == ["value": nil, "generation": 0])
            let found2 = try await values.put(["key": "a", "value": [1]])
            #expect(found2 == ["generation": 1])
            let found3 = try await values.put(["key": "a", "value": [2]])
            #expect(found3 == ["generation": 2])
            let found4 = try await values.get(["key": "a"])
            #expect(found4 == ["value": [2], "generation": 2])
            let found5 = try await values.delete(["key": "a"])
            #expect(found5 == ["deleted": true])
            let found6 = try await values.delete(["key": "a"])
            #expect(found6 == ["deleted": false])
        }
    }

    @Test func `a generation that is not the present one is refused`() async throws {
        try await Self.withValues { values, _ in
            let first = try await values.put(["key": "a", "value": 1, "generation": 0])
            #expect(first == ["generation": 1])
            for generation: JSON in [0, 2] {
                let params: JSON = ["key": "a", "value": 2, "generation": generation]
                #expect(await Self.error { try await values.put(params) }?.code == 1005)
                #expect(await Self.error { try await values.delete(params) }?.code == 1005)
            }
            let value1 = try await values.get(["key": "a"])["value"]
            #expect(value1 == 1)
        }
    }

    @Test func `a plugin sees its own values only`() async throws {
        try await Self.withValues { values, other in
            _ = try await values.put(["key": "a", "value": 1])
            let value2 = try await other.get(["key": "a"])["generation"]
            #expect(value2 == 0)
            let found7 = try await other.list([:])
            #expect(found7 == ["items": []])
            let found8 = try await other.delete(["key": "a"])
            #expect(found8 == ["deleted": false])
        }
    }

    @Test func `keys are listed by their beginning, page by page`() async throws {
        try await Self.withValues { values, _ in
            for key in ["a/1", "a/2", "a/3", "b/1", "a%"] {
                _ = try await values.put(["key": .string(key), "value": 0])
            }
            let page = try await values.list(["prefix": "a/", "limit": 2])
            #expect(page["items"]?.array?.compactMap { $0["key"]?.string } == ["a/1", "a/2"])
            let rest = try await values.list([
                "prefix": "a/", "cursor": try #require(page["next_cursor"]),
            ])
            #expect(rest == ["items": [["key": "a/3", "generation": 1]]])
        }
    }

    @Test func `values are counted, those of before as well`() async throws {
        let folder = try StoreFolder()
        let store = try folder.open()
        try store.migrate(owner: "plugin", Array(PluginValues.migrations.prefix(1)))
        try await store.writeUnaudited { transaction in
            for number in 1...9999 {
                try transaction.execute(
                    "INSERT INTO plugin_value VALUES ('cat', ?, '1', 1)", "k\(number)")
            }
        }
        try store.migrate(owner: "plugin", PluginValues.migrations)
        let values = PluginValues(store: store, plugin: "cat")
        _ = try await values.put(["key": "new", "value": 1])
        _ = try await values.put(["key": "new", "value": 2])
        let error = await Self.error { try await values.put(["key": "newer", "value": 1]) }
        #expect(error?.message == "The plugin keeps 10000 values already; 10000 are allowed.")
        _ = try await values.delete(["key": "k1"])
        _ = try await values.delete(["key": "k1"])
        _ = try await values.put(["key": "newer", "value": 1])
        #expect(await Self.error { try await values.put(["key": "newest", "value": 1]) } != nil)
        await store.close()
    }

    @Test func `keys and values have limits`() async throws {
        try await Self.withValues { values, _ in
            let long = JSON.string(String(repeating: "k", count: 257))
            let large = JSON.string(String(repeating: "v", count: 1 << 20))
            #expect(
                await Self.error { try await values.put(["key": long, "value": 1]) }?.kind
                    == "too_large")
            #expect(
                await Self.error { try await values.put(["key": "a", "value": large]) }?.kind
                    == "too_large")
            #expect(
                await Self.error { try await values.put(["key": "a"]) }?.fields.first?.path
                    == "value")
            #expect(await Self.error { try await values.get([:]) }?.fields.first?.path == "key")
        }
    }
}
