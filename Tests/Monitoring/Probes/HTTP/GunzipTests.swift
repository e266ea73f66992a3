import Testing

@testable import OpsMonitoring

/// gzip, from files that the gzip program has packed.
@Suite struct GunzipTests {
    private func packed(_ text: String) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let file = try folder.write("text", text)
        try ServerProgram.run(["gzip", "--keep", file])
        return try folder.read("text.gz")
    }

    @Test func `what gzip packed is read, also when it has several parts`() throws {
        let text = String(repeating: "node_load1 0.5\n", count: 20_000)
        let bytes = try packed(text)
        #expect(try Gunzip.content(of: bytes, limit: 1 << 20) == Array(text.utf8))
        let twice = try Gunzip.content(of: bytes + bytes, limit: 1 << 20)
        #expect(twice == Array((text + text).utf8))
        #expect(try Gunzip.content(of: try packed(""), limit: 0).isEmpty)
    }

    @Test func `gzip cut anywhere is refused`() throws {
        let bytes = try packed("node_load1 0.5\nnode_load5 0.25\n")
        for end in bytes.indices {
            #expect(throws: Gunzip.Failure.cut) {
                try Gunzip.content(of: Array(bytes[..<end]), limit: 1000)
            }
        }
    }

    @Test func `damage is noticed by the checksum`() throws {
        var bytes = try packed("node_load1 0.5\n")
        bytes[bytes.count - 6] ^= 1
        #expect(throws: Gunzip.Failure.damaged) { try Gunzip.content(of: bytes, limit: 1000) }
        #expect(throws: Gunzip.Failure.damaged) {
            try Gunzip.content(of: Array("plain text".utf8), limit: 1000)
        }
    }

    @Test func `content beyond the limit is not unpacked`() throws {
        let bomb = try packed(String(repeating: "0", count: 8 << 20))
        #expect(bomb.count < 20_000)
        #expect(throws: Gunzip.Failure.tooLong) { try Gunzip.content(of: bomb, limit: 1 << 20) }
    }
}
