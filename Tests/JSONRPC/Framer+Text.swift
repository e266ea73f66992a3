import OpsJSONRPC

extension Framer {
    /// The frames of a whole stream that ends there; errors stand among them in angle brackets.
    static func frames(
        of bytes: [UInt8], maxFrameBytes: Int = 4 << 20, piece: () -> Int = { .max }
    ) -> [String] {
        var framer = Framer(maxFrameBytes: maxFrameBytes)
        var found: [String] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let size = piece()
            framer.append(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
            framer.collect(into: &found)
        }
        if framer.finish() == .frame { found.append(framer.text) }
        return found
    }

    mutating func collect(into found: inout [String]) {
        while true {
            switch next() {
            case .frame: found.append(text)
            case .needMore: return
            case .failed(let error):
                found.append("<\(error)>")
                if !error.isRecoverable { return }
            }
        }
    }

    private var text: String { withFrame { String(decoding: $0, as: UTF8.self) } }
}
