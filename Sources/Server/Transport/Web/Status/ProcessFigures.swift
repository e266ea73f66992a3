internal import Glibc

/// What the process itself uses; reading it takes files, so not on the loop.
struct ProcessFigures: Sendable {
    let cpuSeconds: Double
    let openDescriptors: Int
    let maxDescriptors: Int
    let databaseBytes: Int
    let journalBytes: Int

    init(database: String) {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        cpuSeconds = Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime)
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        maxDescriptors = Int(clamping: limit.rlim_cur)
        openDescriptors = Self.entries(of: "/proc/self/fd")
        databaseBytes = Self.size(of: database)
        journalBytes = Self.size(of: database + "-wal")
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1e6
    }

    private static func entries(of folder: String) -> Int {
        guard let stream = opendir(folder) else { return 0 }
        defer { closedir(stream) }
        var count = 0
        while readdir(stream) != nil { count += 1 }
        // Itself, its parent, and the descriptor that reads it.
        return count - 3
    }

    private static func size(of path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}
