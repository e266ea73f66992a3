import Testing

@testable import OpsMonitoring

@Suite struct StartTLSDialogueTests {
    private func hear(_ kind: StartTLS, _ texts: String...) -> [StartTLSDialogue.Step] {
        var dialogue = StartTLSDialogue(kind)
        return texts.map { dialogue.hear(Array($0.utf8)) }
    }

    @Test func `answers may have several lines and come in pieces`() {
        #expect(
            hear(.smtp, "220-a\r\n22", "0 b\r\n", "250-x\r\n250 STARTTLS\r\n", "220 go\r\n")
                == [
                    .wait, .send(Array("EHLO opsloop\r\n".utf8)),
                    .send(Array("STARTTLS\r\n".utf8)), .ready,
                ])
        #expect(
            hear(.imap, "* OK hi\r\n", "* CAPABILITY\r\n", "a OK\r\n")
                == [.send(Array("a STARTTLS\r\n".utf8)), .wait, .ready])
    }

    @Test func `a refusal is passed on in the server's words`() {
        #expect(hear(.smtp, "554 no\r\n") == [.refused("554 no")])
        #expect(hear(.imap, "* BYE\r\n") == [.refused("* BYE")])
        #expect(hear(.pop3, "-ERR\r\n") == [.refused("-ERR")])
        #expect(hear(.ftp, "220 hi\r\n", "502 what\r\n").last == .refused("502 what"))
        #expect(hear(.postgres, "N") == [.refused("it has no TLS")])
    }

    @Test func `a line without end is cut off`() {
        let piece = String(repeating: "x", count: 1000)
        var dialogue = StartTLSDialogue(.ftp)
        let steps = (0..<200).map { _ in dialogue.hear(Array(piece.utf8)) }
        #expect(steps.contains(.refused("it talks without end")))
    }
}
