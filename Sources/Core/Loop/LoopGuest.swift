/// A C library that puts libuv handles of its own on a loop.
///
/// What it does with them is its own affair; it must have closed them all before the loop ends.
public protocol LoopGuest: AnyObject, Sendable {
    /// The loop stops: close every handle, and call ``EventLoop/dismiss(_:)`` when that is done.
    func loopStops()
}

extension EventLoop {
    /// Takes a guest in and returns the loop, a `uv_loop_t`, for it to put its handles on.
    ///
    /// On the loop only. The guest is kept until it is dismissed.
    /// - Throws: ``LoopError`` when the loop is about to stop.
    public func admit(_ guest: any LoopGuest) throws(LoopError) -> UnsafeMutableRawPointer {
        self.preconditionOnLoop()
        if self.isStopping { throw .loopStopped("take a guest in") }
        self.guests[ObjectIdentifier(guest)] = guest
        return UnsafeMutableRawPointer(self.uv)
    }

    /// Lets a guest go, none of whose handles is on the loop any more.
    ///
    /// On the loop only.
    public func dismiss(_ guest: any LoopGuest) {
        self.preconditionOnLoop()
        self.guests[ObjectIdentifier(guest)] = nil
    }
}
