/// One process, as `/proc` shows it.
struct ProcessEntry: Sendable, Equatable {
    /// The kernel's unit of time towards programs, which is the same on all machines.
    static let ticksPerSecond = 100.0

    var id: Int32
    /// What the kernel calls it: the first 15 bytes of its program's name, or what it chose.
    var name: String
    /// `R`, `S`, `D`, `Z`, ...
    var state: Character
    /// The clock ticks that it has spent on processors.
    var ticks: UInt64
    var threads: Int
    /// When it was started, in clock ticks since the machine was.
    var startTicks: UInt64
    /// The memory that it holds, in pages.
    var pages: UInt64
    /// The arguments with spaces in between; empty for the kernel's own threads.
    var commandLine = ""
    var userID: UInt32 = 0

    /// Reads the text of `/proc/ID/stat`.
    init?(parsing text: String) {
        // The name stands in parentheses and may hold any character, even these.
        guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"),
            open < close, let id = text[..<open].split(separator: " ").first.flatMap({ Int32($0) })
        else { return nil }
        let words = text[text.index(after: close)...].split(separator: " ")
        guard words.count >= 22, let state = words[0].first, let user = UInt64(words[11]),
            let system = UInt64(words[12]), let threads = Int(words[17]),
            let start = UInt64(words[19]), let pages = UInt64(words[21])
        else { return nil }
        self.id = id
        name = String(text[text.index(after: open)..<close])
        self.state = state
        ticks = user + system
        self.threads = threads
        startTicks = start
        self.pages = pages
    }

    /// Whether it has ended and only waits for its parent to notice.
    var isZombie: Bool { state == "Z" || state == "X" }

    /// The file name of the program, as its first argument has it.
    var program: Substring? {
        commandLine.split(separator: " ").first?.split(separator: "/").last
    }
}
