import Glibc
import OpsJSONRPC
import Testing

@testable import OpsMonitoring

@Suite struct FileRulesTests {
    private let now = Instant(milliseconds: 1_767_225_600_000)

    @Test(arguments: [Int.min, Int.max, -9_223_372_036_854_770, 9_223_372_036_854_770_000])
    func `a file of any time has an age`(seconds: Int) {
        var facts = stat()
        facts.st_mtim.tv_sec = seconds
        let limits = FileLimits(ageSeconds: Limits(warning: 60, critical: nil))
        let result = FileRules(path: "/d/f", limits: limits).judge(
            FileSnapshot(files: [FileFacts("/d/f", facts)]), now: now, seconds: 0)
        #expect(result.state == (seconds < 0 ? .warning : .ok))
    }

    @Test func `many problems are counted, the worst first`() {
        let files = (1...9).map { FileFacts("/d/f\($0)", changed: now) }
        let rules = FileRules(path: "/d/*", limits: FileLimits(minBytes: 1))
        var snapshot = FileSnapshot(files: files)
        snapshot.unreadable["/d/x"] = "Permission denied"
        let result = rules.judge(snapshot, now: now, seconds: 0)
        #expect(result.state == .critical)
        #expect(result.output.contains(": f1 has less than 1 byte; f2 has"))
        #expect(result.output.hasSuffix("; and 5 more problems"))
    }

    @Test func `what cannot be looked at may be there`() {
        var snapshot = FileSnapshot()
        snapshot.unreadable["/d"] = "Permission denied"
        let result = FileRules(path: "/d/*", limits: FileLimits()).judge(
            snapshot, now: now, seconds: 0)
        #expect(result.state == .unknown)
        #expect(
            result.output == "/d/* is not there: d: permission denied; expected 1 file at least")
    }

    @Test func `a name cannot steer a terminal`() {
        let snapshot = FileSnapshot(files: [FileFacts("/d/\u{1B}[2Jx", changed: now)])
        let result = FileRules(path: "/d/*", limits: FileLimits(minBytes: 1)).judge(
            snapshot, now: now, seconds: 0)
        #expect(!result.output.contains("\u{1B}"))
    }

    @Test func `the deepest mount holds a path, and some of them may hang`() {
        let mounts = """
            22 1 259:1 / / rw - ext4 /dev/root rw
            30 22 0:50 / /mnt rw - nfs4 server:/export rw
            31 30 0:51 / /mnt/local rw - tmpfs tmpfs rw
            32 22 0:52 / /home\\040x rw - fuse.sshfs u@h: rw
            """
        for (path, kind, mayHang) in [
            ("/etc/passwd", "ext4", false), ("/mnt/x", "nfs4", true), ("/mnt", "nfs4", true),
            ("/mntx", "ext4", false), ("/mnt/local/x", "tmpfs", false),
            ("/home x/y", "fuse.sshfs", true),
        ] {
            let mount = MountPoint.holding(path, in: mounts)
            #expect(mount?.type == kind, "\(path)")
            #expect(mount?.mayHang == mayHang)
        }
        #expect(MountPoint.holding("/x", in: "") == nil)
    }
}
