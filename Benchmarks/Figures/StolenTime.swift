/// How much of the processors' time went to other machines on the same hardware, as Linux tells it in the
/// line `cpu` of `/proc/stat` (proc(5)).
///
/// What is measured meanwhile was slower by it than the machine is.
struct StolenTime {
    private let start = Self.ticks

    /// The part of all time since the start, from 0 to 1; 0 where Linux does not tell.
    var share: Double {
        let now = Self.ticks
        let (stolen, all) = (now.stolen - start.stolen, now.all - start.all)
        return all > 0 ? Double(stolen) / Double(all) : 0
    }

    private static var ticks: (stolen: Int, all: Int) {
        guard let reader = try? LineReader(path: "/proc/stat"), let line = reader.next() else {
            return (0, 0)
        }
        // The first eight; what guests took is part of the first already.
        let fields = String(decoding: line, as: UTF8.self).split(separator: " ").dropFirst()
            .prefix(8).compactMap { Int($0) }
        return fields.count == 8 ? (fields[7], fields.reduce(0, +)) : (0, 0)
    }
}
