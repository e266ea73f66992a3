/// The header of a `Content-Length` frame, read line by line.
struct ContentLengthHeader {
    /// More than any honest client sends.
    static let maxBytes = 8192

    private(set) var length: Int?

    /// Takes one line without its line end.
    mutating func take(_ line: UnsafeBufferPointer<UInt8>) throws(FramingError) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0 else {
            throw .badHeader("a line has no name before a colon")
        }
        let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
        guard name == "content-length" else { return }
        guard length == nil else { throw .badHeader("Content-Length stands twice") }
        let value = line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
        length = try Self.number(String(decoding: value, as: UTF8.self))
    }

    private static func number(_ text: String) throws(FramingError) -> Int {
        let digits = String(text.trimmingSuffix { $0 == " " || $0 == "\t" })
        guard !digits.isEmpty, digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else {
            throw .badHeader("Content-Length is no number")
        }
        guard let number = Int(digits) else { throw .badHeader("Content-Length is out of range") }
        return number
    }
}

extension String {
    fileprivate func trimmingSuffix(while matches: (Character) -> Bool) -> Substring {
        self[..<(lastIndex { !matches($0) }.map { index(after: $0) } ?? startIndex)]
    }
}
