import Glibc

/// Keeps a whole file in the machine's memory, as a machine does by itself that has enough of it and
/// nothing else to do.
final class HeldFile {
    private let start: UnsafeMutableRawPointer
    private let count: Int

    /// Reads the file; nil where it may not be held, or would take more than half of the memory.
    init?(_ path: String) {
        let file = open(path, O_RDONLY)
        defer { close(file) }
        var status = stat()
        guard file >= 0, fstat(file, &status) == 0 else { return nil }
        count = Int(status.st_size)
        guard count < sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) / 2,
            let start = mmap(nil, count, PROT_READ, MAP_SHARED, file, 0), start != MAP_FAILED
        else { return nil }
        self.start = start
        guard mlock(start, count) == 0 else { return nil }
    }

    deinit { munmap(start, count) }
}
