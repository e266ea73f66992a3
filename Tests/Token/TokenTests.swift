import OpsJSONRPC
import TestVectors
import Testing

@testable import OpsToken

@Suite struct TokenTests {
    private let key: TokenKey
    private let salt = [UInt8](repeating: 7, count: 16)

    init() throws {
        key = try #require(TokenKey([UInt8](0..<32)))
    }

    private func restrictions(_ texts: String...) throws -> [Restriction] {
        try texts.map { try #require(Restriction(json: try JSON.parse($0))) }
    }

    @Test func `a token is short, on one line and safe in a URL`() throws {
        let token = try key.issue(id: "3", salt: salt)
        #expect(token.text.hasPrefix("opsl1_"))
        #expect(token.text.utf8.count == 53)
        let narrowed = try token.narrowed(
            by: try restrictions(#"{"methods":["check.list"]}"#)[0])
        #expect(narrowed.text.utf8.count < 100)
        #expect(narrowed.text.allSatisfy { $0.isLetter || $0.isNumber || "-_".contains($0) })
    }

    @Test func `a token reads back as what it was, and its key knows it`() throws {
        let issued = try key.issue(
            id: "12", salt: salt,
            restrictions: try restrictions(
                #"{"methods":["check.*","system.info"]}"#, #"{"effects":["read"]}"#,
                #"{"param":"labels.site=Kraków"}"#, #"{"not_after":"2030-01-01T00:00:00.000Z"}"#,
                #"{"rate":"10/60"}"#))
        let read = try Token(parsing: issued.text + "\n")
        #expect(read == issued)
        #expect(read.clauses.compactMap(\.restriction).count == 5)
        #expect(key.seals(of: read, salt: salt)?.count == 5)
    }

    @Test func `the seal is the chain that the documentation describes`() throws {
        // Computed with Python's hmac module.
        let token = try key.issue(
            id: "3", salt: salt, restrictions: try restrictions(#"{"effects":["read"]}"#))
        let hex = token.seal.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(hex == "799af9803180eb69d4d2c2137167ba0775edc3701a4b6e415f0b7adf28b4f4b5")
    }

    @Test func `anybody adds a restriction, and nobody takes one away`() throws {
        let token = try key.issue(
            id: "3", salt: salt, restrictions: try restrictions(#"{"effects":["read"]}"#))
        let narrowed = try Token(parsing: token.text).narrowed(
            by: try restrictions(#"{"methods":["check.list"]}"#)[0])
        #expect(key.seals(of: narrowed, salt: salt)?.count == 2)

        let without = [[], [narrowed.clauses[0]], [narrowed.clauses[1]]]
        for clauses in without {
            let forged = Token(id: "3", clauses: clauses, seal: narrowed.seal)
            #expect(key.seals(of: forged, salt: salt) == nil)
        }
        let swapped = Token(
            id: "3", clauses: narrowed.clauses.reversed(), seal: narrowed.seal)
        #expect(key.seals(of: swapped, salt: salt) == nil)
    }

    @Test func `another id, another salt or another key does not know the token`() throws {
        let token = try key.issue(id: "3", salt: salt)
        let other = try #require(TokenKey([UInt8](repeating: 1, count: 32)))
        #expect(key.seals(of: token, salt: salt) != nil)
        #expect(other.seals(of: token, salt: salt) == nil)
        #expect(key.seals(of: token, salt: [1] + salt.dropFirst()) == nil)
        #expect(key.seals(of: Token(id: "4", seal: token.seal), salt: salt) == nil)
    }

    @Test func `no bit of a token can be flipped`() throws {
        let token = try key.issue(
            id: "41", salt: salt,
            restrictions: try restrictions(
                #"{"methods":["check.list"]}"#, #"{"rate":"10/60"}"#))
        let bytes = [UInt8](token.text.utf8)
        for bit in 0..<bytes.count * 8 {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!isAccepted(flipped), "bit \(bit)")
        }
    }

    @Test func `what is no token is refused without being quoted`() throws {
        let token = try key.issue(id: "3", salt: salt).text
        let texts = [
            "", "opsl1_", "opsl2_" + token.dropFirst(6), token + "=", token + " ", token + "\n\n",
            " " + token, String(token.dropLast()), token + "A", token.uppercased(),
            "opsl1_" + String(repeating: "A", count: 9000),
        ]
        for text in texts {
            let error = #expect(throws: TokenError.self, "\(text)") {
                try Token(parsing: text)
            }
            #expect(error?.description.contains(token.dropFirst(6).prefix(8)) == false)
        }
    }

    @Test func `half a million broken tokens are all refused, and none of them crashes`() throws {
        var generator = SeededGenerator(seed: 20_261_121)
        let whole = try key.issue(
            id: "3", salt: salt,
            restrictions: try restrictions(
                #"{"methods":["check.*"]}"#, #"{"param":"name^web-"}"#))
        let bytes = [UInt8](whole.text.utf8)
        for _ in 0..<500_000 {
            let broken = mutated(bytes, &generator)
            if broken != bytes { #expect(!isAccepted(broken)) }
        }
    }

    /// Changed, cut, repeated or inserted bytes, mostly of the alphabet so that more than the first
    /// check is reached.
    private func mutated(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            guard let place = bytes.indices.randomElement(using: &generator) else { break }
            let letter = UInt8.random(in: 45...122, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes[place] = letter
            case 2: bytes.removeSubrange(place...)
            case 3: bytes.insert(letter, at: place)
            case 4: bytes += bytes[place...]
            default: bytes.remove(at: place)
            }
        }
        return bytes
    }

    private func isAccepted(_ bytes: [UInt8]) -> Bool {
        guard let text = String(validating: bytes, as: UTF8.self),
            let token = try? Token(parsing: text)
        else { return false }
        return key.seals(of: token, salt: salt) != nil
    }

    @Test func `a restriction of an unknown kind is kept, and shown as unknown`() throws {
        let known = try key.issue(id: "3", salt: salt)
        for text in [
            #"{"moon":"full"}"#, #"{"methods":["check.list"],"effects":["read"]}"#, "{}", "[]",
            #"{"methods":["check list"]}"#, #"{"effects":["read","fly"]}"#, #"{"rate":"0/60"}"#,
            #"{"param":"name~x"}"#, #"{"not_after":"tomorrow"}"#, "no JSON",
            #"{"methods":["a"],"methods":["*"]}"#,
        ] {
            let clause = Clause(bytes: [UInt8](text.utf8))
            #expect(clause.restriction == nil, "\(text)")
            let seal = MessageCode.compute(clause.bytes, key: known.seal)
            let token = Token(id: "3", clauses: [clause], seal: seal)
            let read = try Token(parsing: token.text)
            #expect(read.clauses.map(\.text) == [text])
            #expect(key.seals(of: read, salt: salt)?.count == 1)
        }
    }

    @Test func `a token has at most 64 restrictions and 8 KiB`() throws {
        var token = try key.issue(id: "3", salt: salt)
        let restriction = try restrictions(#"{"rate":"1/1"}"#)[0]
        for _ in 0..<64 { token = try token.narrowed(by: restriction) }
        #expect(throws: TokenError.self) { try token.narrowed(by: restriction) }
        #expect(try Token(parsing: token.text).clauses.count == 64)

        let long = Restriction.methods(
            try (0..<20).map {
                try #require(MethodPattern("x\($0)" + String(repeating: "y", count: 190)))
            })
        let once = try key.issue(id: "3", salt: salt).narrowed(by: long)
        #expect(throws: TokenError.self) { try once.narrowed(by: long) }
    }

    @Test func `nothing that prints a token or a key prints the secret`() throws {
        let token = try key.issue(id: "3", salt: salt)
        var dumped = ""
        dump(token, to: &dumped)
        dump(key, to: &dumped)
        let printed = "\(token) \(String(reflecting: token)) \(key) \(dumped)"
        #expect(!printed.contains(token.text))
        #expect(!printed.contains("\(token.seal[0]), \(token.seal[1])"))
        #expect(!printed.contains("0, 1, 2"))
    }
}
