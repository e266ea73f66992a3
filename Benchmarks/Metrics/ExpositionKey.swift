/// A series as the text exposition format names it: `name{label="value",...}`.
struct ExpositionKey {
    let name: String
    private(set) var labels: [String: String] = [:]

    /// Reads the text of a key; what it cannot make sense of it leaves out.
    init(_ text: ArraySlice<UInt8>) {
        let nameBytes = text.prefix { $0 != UInt8(ascii: "{") }
        name = String(decoding: nameBytes, as: UTF8.self)
        var rest = text[nameBytes.endIndex...].dropFirst()
        while let equals = rest.firstIndex(of: UInt8(ascii: "=")) {
            let label = String(decoding: rest[..<equals], as: UTF8.self)
            rest = rest[equals...].dropFirst(2)
            labels[label] = Self.value(&rest)
            rest = rest.drop { $0 == UInt8(ascii: ",") }
        }
    }

    /// Takes a value and its closing quote off the front.
    private static func value(_ rest: inout ArraySlice<UInt8>) -> String {
        var value: [UInt8] = []
        while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
            guard byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() else {
                value.append(byte)
                continue
            }
            value.append(escaped == UInt8(ascii: "n") ? UInt8(ascii: "\n") : escaped)
        }
        return String(decoding: value, as: UTF8.self)
    }
}
