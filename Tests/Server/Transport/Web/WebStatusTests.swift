import OpsCore
import OpsJSONRPC
import OpsWeb
import TestClient
import Testing

/// `/healthz`, `/readyz` and `/metrics`.
@Suite("HTTP status pages", .timeLimit(.minutes(2)))
struct WebStatusTests {
    @Test func `health needs no token`() async throws {
        try await WebFixture.run { web in
            let reply = try await web.ask(web.get("/healthz"))
            #expect(reply.status == 200)
            #expect(reply.json == ["ok": true])
        }
    }

    @Test func `a question without interest in the body gets the head`() async throws {
        try await WebFixture.run { web in
            let client = try web.connect()
            try await client.send("HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let reply = try await client.answer(hasBody: false)
            #expect(reply?.status == 200)
            #expect(reply?.headers["content-length"] == "12")
            try await client.send(web.get("/healthz"))
            #expect(try await client.answer()?.json == ["ok": true])
        }
    }

    @Test func `readiness tells everybody whether, and those with a token why`() async throws {
        try await WebFixture.run { web in
            #expect(try await web.ask(web.get("/readyz")).json == ["ready": true])
            let reply = try await web.ask(web.get("/readyz", headers: web.authorization))
            #expect(reply.status == 200)
            #expect(reply.json == ["ready": true, "store": "writable", "failed_plugins": []])
            let bad = web.get("/readyz", headers: "Authorization: Bearer nonsense\r\n")
            #expect(try await web.ask(bad).status == 401)
        }
    }

    @Test func `metrics are for those who may see the statistics`() async throws {
        try await WebFixture.run { web in
            #expect(try await web.ask(web.get("/metrics")).status == 401)
            let reply = try await web.ask(web.get("/metrics", headers: web.authorization))
            #expect(reply.status == 200)
            let narrow = try await web.makeToken([
                "name": "narrow", "role": "admin", "methods": ["check.*"],
            ])
            let refused = web.get("/metrics", headers: "Authorization: Bearer \(narrow)\r\n")
            #expect(try await web.ask(refused).status == 403)
        }
    }

    @Test func `metrics are public when the settings say so`() async throws {
        try await WebFixture.run(["metrics_public": true]) { web in
            let reply = try await web.ask(web.get("/metrics"))
            #expect(reply.status == 200)
        }
    }

    @Test func `metrics are OpenMetrics, and count`() async throws {
        try await WebFixture.run { web in
            for _ in 1...3 { try await web.expectAlive() }
            _ = try await web.ask(web.post(#"{"jsonrpc":"2.0","id":1,"method":"puppet.fail"}"#))
            let reply = try await web.ask(web.get("/metrics", headers: web.authorization))
            #expect(
                reply.headers["content-type"]
                    == "application/openmetrics-text; version=1.0.0; charset=utf-8")
            let metrics = try OpenMetricsParser(reply.body)
            #expect(metrics[#"opsloop_calls_total{method="system.ping"}"#] == 3)
            #expect(metrics[#"opsloop_call_errors_total{method="puppet.fail"}"#] == 1)
            #expect(
                metrics[#"opsloop_call_duration_seconds_bucket{method="system.ping",le="+Inf"}"#]
                    == 3)
            #expect(metrics[#"opsloop_call_duration_seconds_count{method="system.ping"}"#] == 3)
            #expect(metrics[#"opsloop_transport_connections{transport="http"}"#] ?? 0 >= 1)
            #expect(metrics[#"opsloop_transport_read_bytes_total{transport="http"}"#] ?? 0 > 100)
            #expect(
                metrics[#"opsloop_plugin_state{plugin="puppet",opsloop_plugin_state="running"}"#]
                    == 1)
            for name in [
                "opsloop_process_cpu_seconds_total", "opsloop_process_open_descriptors",
                "opsloop_process_resident_memory_bytes", "opsloop_store_commits_total",
                #"opsloop_store_file_size_bytes{file="database"}"#,
            ] {
                #expect(metrics[name] ?? 0 > 0, "\(name)")
            }
            for name in [
                #"opsloop_loop_lag_seconds{statistic="p99"}"#, "opsloop_store_queue_writes",
                "opsloop_events_total",
            ] {
                #expect(metrics[name] != nil, "\(name)")
            }
        }
    }
}
