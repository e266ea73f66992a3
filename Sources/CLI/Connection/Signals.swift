import Glibc

/// What the program does when it is interrupted.
enum Signals {
    /// A closed pipe ends the program without a word, whatever was inherited; Ctrl-C ends with 130.
    static func install() {
        signal(SIGPIPE, SIG_DFL)
        signal(SIGINT) { _ in _exit(130) }
    }

    /// While the cursor is hidden, Ctrl-C brings it back first.
    static func restoreCursorWhenInterrupted() {
        // Only `write` and `_exit` are called here, because a signal handler may call little else.
        signal(SIGINT) { _ in
            let show: StaticString = "\u{1B}[?25h\n"
            write(STDOUT_FILENO, show.utf8Start, show.utf8CodeUnitCount)
            _exit(130)
        }
    }
}
