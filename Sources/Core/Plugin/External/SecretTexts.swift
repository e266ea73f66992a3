internal import Glibc

/// Texts that are not to be shown.
struct SecretTexts: Sendable {
    /// A shorter line of a secret is too likely to stand somewhere by chance.
    private static let minLineBytes = 8
    private static let mark = Array("(secret)".utf8)

    private var texts: Set<[UInt8]> = []
    private var longest = 0

    /// Adds a secret, and its lines: a log is read line by line.
    mutating func add(_ secret: String) {
        let bytes = Array(secret.utf8)
        guard !bytes.isEmpty else { return }
        texts.insert(bytes)
        longest = max(longest, bytes.count)
        let lines = bytes.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        for line in lines where line.count >= Self.minLineBytes { texts.insert(Array(line)) }
    }

    /// The beginning of a text, each secret in it replaced by a mark.
    ///
    /// Secrets are sought before the text is cut, because the cut may go through one of them.
    func hidden(in text: UnsafeBufferPointer<UInt8>, atMost limit: Int) -> String {
        let end = Self.cut(text, limit)
        guard !texts.isEmpty else { return String(decoding: text[..<end], as: UTF8.self) }
        let seen = UnsafeBufferPointer(rebasing: text[..<min(text.count, end + longest)])
        let isSecret = marked(seen)
        var shown: [UInt8] = []
        for place in 0..<end {
            if !isSecret[place] {
                shown.append(text[place])
            } else if place == 0 || !isSecret[place - 1] {
                shown += Self.mark
            }
        }
        return String(decoding: shown, as: UTF8.self)
    }

    /// Which bytes belong to a secret.
    private func marked(_ text: UnsafeBufferPointer<UInt8>) -> [Bool] {
        var isSecret = [Bool](repeating: false, count: text.count)
        for secret in texts {
            var (start, done) = (0, 0)
            while let place = Self.find(secret, in: text, from: start) {
                for byte in max(place, done)..<place + secret.count { isSecret[byte] = true }
                (start, done) = (place + 1, place + secret.count)
            }
        }
        return isSecret
    }

    private static func find(
        _ secret: [UInt8], in text: UnsafeBufferPointer<UInt8>, from start: Int
    ) -> Int? {
        guard let base = text.baseAddress, let first = secret.first else { return nil }
        var place = start
        while text.count - place >= secret.count {
            let rest = text.count - place - secret.count + 1
            guard let found = memchr(base + place, CInt(first), rest) else { return nil }
            place = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            if memcmp(found, secret, secret.count) == 0 { return place }
            place += 1
        }
        return nil
    }

    /// Where to cut so that no character is cut through.
    private static func cut(_ text: UnsafeBufferPointer<UInt8>, _ limit: Int) -> Int {
        guard text.count > limit else { return text.count }
        var end = limit
        while end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
        return end
    }
}
