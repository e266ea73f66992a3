import CLibuv

/// The handle that wakes a sleeping loop.
///
/// `@unchecked Sendable`: `uv_async_send` may be called from any thread while the handle is open.
/// The inbox's lock guards that: the handle is taken out of the inbox before it closes.
struct LoopWakeup: @unchecked Sendable {
    let handle: UnsafeMutablePointer<uv_async_t>

    func send() {
        uv_async_send(self.handle)
    }
}
