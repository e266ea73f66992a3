/// What follows a message that is written.
public enum Terminator: Sendable {
    /// Nothing: the message is an element of a batch or the body of a `Content-Length` frame.
    case none
    /// One line feed.
    case lineFeed
    /// Two line feeds, for clients that read up to an empty line.
    case blankLine
}
