import Testing

@testable import opsloop

@Suite("Colours")
struct PaletteTests {
    private func isWanted(
        terminal: Bool = true, noColor: Bool = false, _ variables: [String: String] = [:]
    ) -> Bool {
        Palette.isWanted(isTerminal: terminal, noColor: noColor, variables: variables)
    }

    @Test func `only a terminal gets colours`() {
        #expect(isWanted())
        #expect(!isWanted(terminal: false))
    }

    @Test func `colours can be refused`() {
        #expect(!isWanted(noColor: true))
        #expect(!isWanted(["NO_COLOR": "1"]))
        #expect(isWanted(["NO_COLOR": ""]))
        #expect(!isWanted(["TERM": "dumb"]))
        #expect(!isWanted(["CLICOLOR": "0"]))
    }

    @Test func `colours can be demanded`() {
        #expect(isWanted(terminal: false, ["CLICOLOR_FORCE": "1"]))
        #expect(!isWanted(terminal: false, ["CLICOLOR_FORCE": "0"]))
        #expect(!isWanted(["CLICOLOR_FORCE": "1", "NO_COLOR": "1"]))
    }

    @Test func `plain characters are for locales that have no others`() {
        #expect(!Glyphs.isPlain([:]))
        #expect(!Glyphs.isPlain(["LANG": "de_CH.UTF-8"]))
        #expect(Glyphs.isPlain(["LC_ALL": "C", "LANG": "de_CH.UTF-8"]))
    }
}
