import Testing

@testable import OpsCore

@Suite struct PluginLogTests {
    private let log = PluginLog(time: SystemTime(), logger: StoreFolder.logger)

    private func shown(_ message: String) -> String? {
        log.add(.info, message)
        return log.last(1).first?.message
    }

    @Test func `what was secret stays so when a secret is changed`() {
        log.hide(["old-word"])
        log.hide(["new-word", ""])
        #expect(shown("old-word, new-word!") == "(secret), (secret)!")
    }

    @Test func `a secret that the cut goes through is not shown in part`() {
        log.hide(["hush-hush-hush"])
        let filling = String(repeating: "x", count: 3990)
        #expect(shown(filling + "hush-hush-hush and more") == filling + "(secret)")
        let bytes = Array((filling + "hush-hush-hush").utf8)
        let quoted = bytes.withUnsafeBufferPointer { log.shown($0, atMost: 3995) }
        #expect(quoted == filling + "(secret)")
    }

    @Test func `a secret of several lines is hidden line by line`() {
        log.hide(["-----BEGIN-----\nMIIEvQIBADAN\r\nabc\n-----END-----"])
        #expect(shown("key: MIIEvQIBADAN") == "key: (secret)")
        #expect(shown("-----BEGIN-----") == "(secret)")
        #expect(shown("abc") == "abc")
    }

    @Test func `secrets that overlap are all hidden`() {
        log.hide(["one-two", "two-three"])
        #expect(shown("one-two-three one-two two-three") == "(secret) (secret) (secret)")
    }

    @Test func `a text is cut between characters`() {
        let filling = String(repeating: "x", count: 3999)
        #expect(shown(filling + "ü") == filling)
        #expect(shown("ü" + filling) == "ü" + filling.dropLast())
    }
}
