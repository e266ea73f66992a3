/// An object that a libuv handle works for.
protocol HandleOwner: AnyObject {
    /// The loop stops: tell whoever waits, and close the handle, now or after what must come first.
    func loopStops()
}
