/// The part of a program's output that is kept.
struct ProcessOutput {
    private let limit: Int
    private(set) var bytes: [UInt8] = []
    private(set) var isTruncated = false

    init(limit: Int) {
        self.limit = limit
    }

    mutating func add(_ new: UnsafeRawBufferPointer) {
        let room = self.limit - self.bytes.count
        if new.count > room { self.isTruncated = true }
        if room > 0 { self.bytes.append(contentsOf: new.prefix(room)) }
    }
}
