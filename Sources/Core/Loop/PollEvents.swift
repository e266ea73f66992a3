import CLibuv

/// What a descriptor is ready for.
public struct PollEvents: OptionSet, Sendable, Hashable {
    /// The bits, which are libuv's.
    public let rawValue: CInt

    /// Makes a set from its bits.
    public init(rawValue: CInt) {
        self.rawValue = rawValue
    }

    /// Reading does not block.
    public static let readable = PollEvents(rawValue: CInt(UV_READABLE.rawValue))
    /// Writing does not block.
    public static let writable = PollEvents(rawValue: CInt(UV_WRITABLE.rawValue))
}
