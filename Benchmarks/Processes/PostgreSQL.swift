import Glibc
import OpsJSONRPC

/// A PostgreSQL of our own, on the disk of the workspace, reached by a socket in it only.
///
/// It refuses to run as root, so root runs it as the user that its package makes.
final class PostgreSQL {
    private static let settings = [
        "listen_addresses=", "fsync=on", "synchronous_commit=on", "shared_buffers=256MB",
        "max_wal_size=4GB", "checkpoint_timeout=30min", "autovacuum=off", "logging_collector=off",
    ]

    private let folder: String
    private let programs: String
    private let workspace: Workspace
    private var server: RunningProgram?

    /// Starts it; nil when it is not installed.
    init?(_ workspace: Workspace) throws {
        guard let programs = Self.programs else { return nil }
        self.programs = programs
        self.workspace = workspace
        folder = workspace.file("postgresql")
        // Its user has to get through to its folder.
        chmod(workspace.path, 0o711)
        mkdir(folder, 0o700)
        if let user = Self.user { chown(folder, user.pw_uid, user.pw_gid) }
        let data = folder + "/data"
        try run("initdb", ["--pgdata", data, "--auth=trust", "--username=bench", "--no-sync"])
        let options = Self.settings.flatMap { ["-c", $0] }
        server = try start("postgres", ["-D", data, "-k", folder] + options)
        try waitUntilReady()
        try run("psql", login + ["--quiet", "--command", Self.tables])
    }

    private static var programs: String? {
        Folder.entries(of: "/usr/lib/postgresql").sorted().last.map { $0 + "/bin" }
    }

    private static var user: passwd? {
        guard geteuid() == 0, let user = getpwnam("postgres") else { return nil }
        return user.pointee
    }

    private var login: [String] {
        ["--host", folder, "--username", "bench", "--dbname", "postgres"]
    }

    private func start(
        _ name: String, _ arguments: [String], output: CInt? = nil
    ) throws -> RunningProgram {
        let log = open(
            workspace.file("postgresql.log"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        defer { close(log) }
        let words = ["\(programs)/\(name)"] + arguments
        let streams = Program.Streams(output: output ?? log, error: log)
        guard let user = Self.user else {
            return try Program(path: words[0]).start(Array(words.dropFirst()), streams)
        }
        let identity = ["--reuid=\(user.pw_uid)", "--regid=\(user.pw_gid)", "--clear-groups"]
        return try Program(path: "setpriv").start(identity + words, streams)
    }

    private func run(_ name: String, _ arguments: [String]) throws {
        try start(name, arguments).waitForSuccess()
    }

    private func waitUntilReady() throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while true {
            do {
                return try run("pg_isready", ["--quiet", "--host", folder])
            } catch {
                guard ContinuousClock.now < deadline else { throw error }
                usleep(50_000)
            }
        }
    }

    // MARK: - Notes

    /// The tables behind a note, as the store has them.
    private static let tables = """
        CREATE TABLE note (id BIGSERIAL PRIMARY KEY, at BIGINT NOT NULL, text TEXT);
        CREATE TABLE event (
            seq BIGSERIAL PRIMARY KEY, at BIGINT NOT NULL, topic TEXT NOT NULL, ref TEXT,
            data TEXT NOT NULL);
        CREATE TABLE audit (
            seq BIGSERIAL PRIMARY KEY, at BIGINT NOT NULL, principal TEXT NOT NULL,
            reason TEXT NOT NULL, action TEXT NOT NULL, ref TEXT, before TEXT, after TEXT,
            method TEXT, request_id TEXT, outcome TEXT NOT NULL, hash BYTEA NOT NULL);
        CREATE INDEX audit_ref ON audit (ref, seq);
        """

    private static let insert = #"""
        WITH record AS (
            INSERT INTO note (at, text) VALUES (1767225600000, 'a line of text as a note holds')
            RETURNING id, at, '{"text":"a line of text as a note holds"}' AS data
        ), audited AS (
            INSERT INTO audit (
                at, principal, reason, action, ref, after, method, request_id, outcome, hash)
            SELECT at, 'uid:0', 'note.create r1', 'note.create', 'note:' || id, data,
                'note.create', 'r1', 'success', decode(repeat('00', 32), 'hex') FROM record
        )
        INSERT INTO event (at, topic, ref, data)
        SELECT at, 'note.created', 'note:' || id, data FROM record;
        """#

    /// Inserts notes by so many clients that each wait for their commit, and returns the rate.
    func insertNotes(clients: Int, seconds: Double) throws -> Double {
        let script = try workspace.write(Self.insert.replacing("\n", with: " "), to: "insert.sql")
        chmod(script, 0o644)
        let output = workspace.file("pgbench")
        let descriptor = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        try start(
            "pgbench",
            [
                "--no-vacuum", "--protocol=prepared", "--client=\(clients)", "--jobs=1",
                "--time=\(Int(seconds.rounded(.up)))", "--file=\(script)", "--host=\(folder)",
                "--username=bench", "postgres",
            ], output: descriptor
        ).waitForSuccess()
        let reader = try LineReader(path: output)
        while let line = reader.next() {
            let words = String(decoding: line, as: UTF8.self).split(separator: " ")
            if words.first == "tps", words.count > 2, let rate = Double(words[2]) { return rate }
        }
        throw BenchError("pgbench does not say its rate.")
    }
}
