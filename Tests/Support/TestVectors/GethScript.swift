package import OpsJSONRPC

/// A script of go-ethereum's RPC server tests: what is sent, and what must come back.
package struct GethScript: Sendable, CustomStringConvertible {
    /// One line that is sent, with the messages that answer it.
    package struct Exchange: Sendable {
        package let sent: String
        package var answers: [JSON] = []
    }

    package let name: String
    package private(set) var exchanges: [Exchange] = []
    /// Lines that are neither sent, nor expected, nor comments, nor empty.
    package private(set) var strangeLines: [String] = []

    package var description: String { name }

    /// Every script of the shared folder.
    package static let all: [GethScript] = SharedData.files(of: "geth-rpc").map {
        GethScript($0.name, String(decoding: $0.bytes, as: UTF8.self))
    }

    package init(_ name: String, _ text: String) {
        self.name = name
        for line in text.split(whereSeparator: \.isNewline) { take(String(line)) }
    }

    private mutating func take(_ line: String) {
        if line.hasPrefix("--> ") {
            exchanges.append(Exchange(sent: String(line.dropFirst(4))))
        } else if line.hasPrefix("<-- "), let last = exchanges.indices.last,
            let answer = try? JSON.parse(String(line.dropFirst(4)))
        {
            exchanges[last].answers.append(answer)
        } else if !line.hasPrefix("//") {
            strangeLines.append(line)
        }
    }
}
