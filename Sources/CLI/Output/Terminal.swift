import Glibc

/// The little that the program asks of a terminal.
enum Terminal {
    static let hideCursor = "\u{1B}[?25l"
    static let showCursor = "\u{1B}[?25h"
    static let clearScreen = "\u{1B}[2J"
    static let home = "\u{1B}[H"
    static let clearToEnd = "\u{1B}[J"
    static let clearLineEnd = "\u{1B}[K"
    static let clearLine = "\r\u{1B}[K"

    static func width(_ descriptor: CInt, variables: [String: String]) -> Int {
        var size = winsize()
        if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
            return Int(size.ws_col)
        }
        return variables["COLUMNS"].flatMap { Int($0) } ?? 80
    }

    static func height(_ descriptor: CInt) -> Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return 24 }
        return Int(size.ws_row)
    }
}
