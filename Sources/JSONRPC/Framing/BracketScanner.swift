/// Finds the end of a JSON array or object in a stream, byte by byte, without building anything.
///
/// It also notices, at the first byte that shows it, that the text cannot become JSON any more.
/// Waiting for brackets that a truncated line has left open would swallow the requests after it.
/// What it cuts off early is always refused by the parser.
struct BracketScanner {
    enum Outcome {
        case needMore
        /// The frame ends before this place, and what follows is the next one.
        case end(Int)
        /// The frame ends before this place, and the rest of its line belongs to nothing.
        case broken(Int)
    }

    /// One bit for each open bracket, set for objects, so the depth is bounded by its width.
    private var objects: UInt128 = 0
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    /// The last byte outside strings that was no whitespace; at first a comma, which lets the
    /// frame's own bracket pass as a value.
    private var last = UInt8(ascii: ",")
    /// Whether a line has ended since `last`.
    private var lineEnded = false

    /// Goes on with the bytes from `position`, all before it having been seen.
    mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>, from position: Int) -> Outcome {
        var position = position
        while position < bytes.count {
            let byte = bytes[position]
            if isInString {
                if let cut = skipString(bytes, &position) { return .end(cut) }
                continue
            }
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard valueMayBegin else {
                    return lineEnded ? .end(position) : .broken(position + 1)
                }
                guard open(byte) else { return .broken(position + 1) }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard close(byte) else { return .broken(position + 1) }
                if depth == 0 { return .end(position + 1) }
            case UInt8(ascii: "\""):
                isInString = true
                note(byte)
            case 0x0A: lineEnded = true
            case 0x20, 0x09, 0x0D: break
            default:
                if last == UInt8(ascii: "{") { return .broken(position + 1) }
                note(byte)
            }
            position += 1
        }
        return .needMore
    }

    /// Moves past the string or to the end of the bytes; returns where a line feed cuts it off,
    /// because JSON has no raw line feed in a string.
    private mutating func skipString(
        _ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int
    ) -> Int? {
        while position < bytes.count {
            if !isEscaped, let word = ByteWord(bytes, at: position) {
                let plain = word.plainCount
                position += plain
                if plain == 8 { continue }
            }
            let byte = bytes[position]
            if byte == 0x0A { return position }
            position += 1
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
                return nil
            }
        }
        return nil
    }

    private var valueMayBegin: Bool {
        last == UInt8(ascii: ",") || last == UInt8(ascii: ":") || last == UInt8(ascii: "[")
    }

    private mutating func open(_ bracket: UInt8) -> Bool {
        depth += 1
        objects = objects << 1 | (bracket == UInt8(ascii: "{") ? 1 : 0)
        note(bracket)
        return depth <= UInt128.bitWidth
    }

    private mutating func close(_ bracket: UInt8) -> Bool {
        guard (bracket == UInt8(ascii: "}")) == (objects & 1 == 1) else { return false }
        depth -= 1
        objects >>= 1
        note(bracket)
        return true
    }

    private mutating func note(_ byte: UInt8) {
        last = byte
        lineEnded = false
    }
}
