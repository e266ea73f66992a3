/// What one network device has received and sent since it came up.
struct NetworkCounters: Sendable, Equatable {
    /// One direction.
    struct Direction: Sendable, Equatable {
        let bytes: Double
        let packets: Double
        let errors: Double
        let drops: Double
    }

    let device: String
    let received: Direction
    let sent: Direction

    /// Reads the text of `/proc/net/dev`, without the loopback and the ends of container cables,
    /// which come and go with every container.
    static func parse(_ text: String) -> [NetworkCounters] {
        text.split(separator: "\n").compactMap { NetworkCounters(line: $0) }
            .filter { $0.device != "lo" && !$0.device.hasPrefix("veth") }
    }

    private init?(line: Substring) {
        // Old kernels glue the first number to the colon, and an alias has a colon in its name.
        guard let colon = line.lastIndex(of: ":") else { return nil }
        let numbers = line[line.index(after: colon)...].split(separator: " ")
            .compactMap { Double($0) }
        guard numbers.count >= 16 else { return nil }
        device = String(line[..<colon].drop(while: \.isWhitespace))
        received = Direction(
            bytes: numbers[0], packets: numbers[1], errors: numbers[2], drops: numbers[3])
        sent = Direction(
            bytes: numbers[8], packets: numbers[9], errors: numbers[10], drops: numbers[11])
    }
}
