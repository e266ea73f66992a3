import Glibc
import OpsCore
import OpsJSONRPC

/// Reads the lines of a recording and appends their samples, a scrape at a time.
struct RecordingReplay {
    private(set) var count = 0
    private let series: Series
    private var handles: [ArraySlice<UInt8>: SeriesHandle] = [:]
    private var instant = Instant(milliseconds: 0)
    private var scrape: [(SeriesHandle, Double)] = []

    init(_ series: Series) { self.series = series }

    /// Begins a scrape at the instant of its first line.
    mutating func begin(at line: UnsafeBufferPointer<UInt8>) throws {
        finish()
        let text = String(decoding: line.dropFirst(2), as: UTF8.self)
        guard let milliseconds = Int64(text) else {
            throw BenchError("A scrape begins with \"@ \(text)\" instead of an instant.")
        }
        instant = Instant(milliseconds: milliseconds)
    }

    /// Takes one line of the scrape; comments and empty lines hold nothing.
    mutating func take(_ line: UnsafeBufferPointer<UInt8>) throws {
        guard let (key, text) = Self.sample(in: line) else { return }
        guard let value = Double(exposition: text) else {
            throw BenchError("This is no sample: \(String(decoding: line, as: UTF8.self))")
        }
        scrape.append((try handle(Array(key)[...]), value))
    }

    /// The series and the value of a line; nil when it holds none.
    static func sample(
        in line: UnsafeBufferPointer<UInt8>
    ) -> (key: Slice<UnsafeBufferPointer<UInt8>>, value: Slice<UnsafeBufferPointer<UInt8>>)? {
        guard let first = line.first, first != UInt8(ascii: "#") else { return nil }
        let end = endOfKey(line)
        return (line[..<end], line.dropFirst(end + 1).prefix { $0 != UInt8(ascii: " ") })
    }

    /// Appends what the scrape has brought.
    mutating func finish() {
        series.append(scrape, at: instant)
        count += scrape.count
        scrape.removeAll(keepingCapacity: true)
    }

    private mutating func handle(_ key: ArraySlice<UInt8>) throws -> SeriesHandle {
        if let handle = handles[key] { return handle }
        let reader = ExpositionKey(key)
        let handle = try series.handle(reader.name, Labels(reader.labels))
        handles[key] = handle
        return handle
    }

    /// The space after the name and its labels; label values may hold spaces and braces.
    private static func endOfKey(_ line: UnsafeBufferPointer<UInt8>) -> Int {
        var isQuoted = false
        var isEscaped = false
        for (index, byte) in line.enumerated() {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = isQuoted
            } else if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if byte == UInt8(ascii: " "), !isQuoted {
                return index
            }
        }
        return line.count
    }
}

extension Double {
    /// Reads a value as the exposition format writes it; `NaN`, `+Inf` and `-Inf` are values too.
    init?(exposition text: some Sequence<UInt8>) {
        self.init(String(decoding: Array(text), as: UTF8.self))
    }
}
