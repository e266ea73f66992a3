/// Gives every text a number, once: names and values of labels repeat in many series.
///
/// A text stays until the process ends, also when no series has it any more.
struct Symbols: Sendable {
    private var numbers: [String: UInt32] = [:]
    private var texts: [String] = []

    subscript(number: UInt32) -> String { self.texts[Int(number)] }

    /// The number of a text that was seen before.
    func number(of text: String) -> UInt32? { self.numbers[text] }

    /// The number of a text, which is new if it was never seen.
    mutating func intern(_ text: String) -> UInt32 {
        if let number = self.numbers[text] { return number }
        let number = UInt32(self.texts.count)
        self.numbers[text] = number
        self.texts.append(text)
        return number
    }
}
