internal import OpsCore

/// Reads the parts of a DNS message one after the other, and never beyond its end.
struct DNSReader {
    typealias Malformed = DNSMessage.Malformed

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    // MARK: - Numbers

    mutating func skip(_ count: Int) throws(Malformed) {
        guard bytes.count - position >= count else { throw Malformed(reason: "it is cut off") }
        position += count
    }

    mutating func byte() throws(Malformed) -> UInt8 {
        try skip(1)
        return bytes[position - 1]
    }

    mutating func word() throws(Malformed) -> UInt16 {
        UInt16(try byte()) << 8 | UInt16(try byte())
    }

    private mutating func number() throws(Malformed) -> UInt32 {
        UInt32(try word()) << 16 | UInt32(try word())
    }

    private mutating func take(_ count: Int) throws(Malformed) -> ArraySlice<UInt8> {
        try skip(count)
        return bytes[position - count..<position]
    }

    // MARK: - Names

    /// Reads a name, which may go on elsewhere in the message.
    mutating func name() throws(Malformed) -> String {
        var labels: [String] = []
        var length = 0
        var end: Int?
        while true {
            let count = try byte()
            if count == 0 { break }
            if count < 0x40 {
                length += Int(count) + 1
                guard length < 255 else { throw Malformed(reason: "a name is too long") }
                labels.append(Self.label(try take(Int(count))))
            } else {
                guard count >= 0xC0 else { throw Malformed(reason: "a name is of a strange kind") }
                let start = position - 1
                let target = Int(count & 0x3F) << 8 | Int(try byte())
                // Names are only ever continued earlier, so that none goes round in circles.
                guard target < start else { throw Malformed(reason: "a name points forward") }
                end = end ?? position
                position = target
            }
        }
        position = end ?? position
        return labels.joined(separator: ".")
    }

    /// A label in small letters; what would not be one word of a name is escaped as in zone files.
    private static func label(_ bytes: ArraySlice<UInt8>) -> String {
        bytes.map { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                String(UnicodeScalar(byte + 32))
            case UInt8(ascii: "."), UInt8(ascii: "\\"): "\\\(UnicodeScalar(byte))"
            case 0x21...0x7E: String(UnicodeScalar(byte))
            default: escaped(byte)
            }
        }.joined()
    }

    private static func escaped(_ byte: UInt8) -> String {
        let digits = String(byte)
        return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
    }

    // MARK: - Records

    mutating func record() throws(Malformed) -> DNSRecord {
        let name = try name()
        let type = try word()
        try skip(2)
        let ttl = try number()
        let length = Int(try word())
        let start = position
        try skip(length)
        let end = position
        position = start
        let (text, serial) = try data(type, until: end)
        guard position == end else { throw Malformed(reason: "a record has a wrong length") }
        // RFC 2181: a TTL with the highest bit set counts as none.
        return DNSRecord(
            name: name, type: type, ttl: ttl > UInt32(Int32.max) ? 0 : ttl, text: text,
            serial: serial)
    }

    private mutating func data(
        _ type: UInt16, until end: Int
    ) throws(Malformed) -> (text: String, serial: UInt32?) {
        switch DNSRecordType.allCases.first(where: { $0.number == type }) {
        case .a: (try address(4), nil)
        case .aaaa: (try address(16), nil)
        case .cname, .ns, .ptr: (try name(), nil)
        case .mx: ("\(try word()) \(try name())", nil)
        case .srv: ("\(try word()) \(try word()) \(try word()) \(try name())", nil)
        case .soa: try startOfAuthority()
        case .txt: (try texts(until: end), nil)
        case .caa: (try authorization(until: end), nil)
        case nil: ("\(try take(end - position).count) bytes", nil)
        }
    }

    private mutating func address(_ count: Int) throws(Malformed) -> String {
        IPAddress(octets: try take(count))?.description ?? ""
    }

    private mutating func startOfAuthority() throws(Malformed) -> (String, UInt32?) {
        let names = "\(try name()) \(try name())"
        let serial = try number()
        let times = "\(try number()) \(try number()) \(try number()) \(try number())"
        return ("\(names) \(serial) \(times)", serial)
    }

    private mutating func texts(until end: Int) throws(Malformed) -> String {
        var text: [UInt8] = []
        while position < end { text += try take(Int(try byte())) }
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func authorization(until end: Int) throws(Malformed) -> String {
        let flags = try byte()
        let tag = String(decoding: try take(Int(try byte())), as: UTF8.self)
        guard position <= end else { throw Malformed(reason: "a record has a wrong length") }
        return "\(flags) \(tag) \"\(String(decoding: try take(end - position), as: UTF8.self))\""
    }
}
