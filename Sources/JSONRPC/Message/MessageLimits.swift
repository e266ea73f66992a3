/// What a peer may send in one frame.
public struct MessageLimits: Sendable {
    /// How deep arrays and objects may nest, the envelope and the batch included.
    public var maxDepth: Int
    /// How many elements a batch may have.
    public var maxBatch: Int
    /// How many bytes the text of an id may have, quotes included.
    ///
    /// 128 would do for any sane client, but ids of 400 characters are known from the public test
    /// vectors and must be echoed, so the limit is 1024.
    public var maxIDBytes: Int

    /// Makes limits; the defaults are those of the protocol.
    public init(maxDepth: Int = 128, maxBatch: Int = 100, maxIDBytes: Int = 1024) {
        self.maxDepth = maxDepth
        self.maxBatch = maxBatch
        self.maxIDBytes = maxIDBytes
    }
}
