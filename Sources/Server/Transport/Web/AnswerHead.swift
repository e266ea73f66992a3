/// What the head of an answer says beyond status, type and length.
struct AnswerHead {
    /// The page's origin, which browsers want to see repeated.
    var origin: String?
    /// Further lines, each with its end.
    var headers = ""
    var endsConnection = false

    /// Whether it says nothing beyond them.
    var isPlain: Bool { origin == nil && headers.isEmpty && !endsConnection }

    /// How many digits a length has room for in a head that is written before the body.
    static let lengthDigits = 10

    /// Writes the length of a body into a head that has room for it: right before the empty line.
    static func setLength(_ length: Int, endingAt end: Int, in bytes: inout [UInt8]) {
        var place = end - 4
        var rest = length
        repeat {
            place -= 1
            bytes[place] = UInt8(0x30 + rest % 10)
            rest /= 10
        } while rest > 0
    }
}
