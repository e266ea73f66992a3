/// What is to be said about a server's certificates, apart from their dates.
struct ChainVerdict: Sendable, Equatable {
    /// The server's own first; up to the root when it is known, else as the server sent them.
    var chain: [Certificate]
    /// Why the chain cannot be trusted, in a few words.
    var distrust: String?
    /// Whether the server's own certificate is for the name that was asked for.
    var isForName: Bool
}
