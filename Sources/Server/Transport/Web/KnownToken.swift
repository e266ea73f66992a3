internal import OpsCore

/// The last token that a connection has shown, with what came of it.
///
/// Whoever keeps his connection shows the same token with every request, and to look at its seals
/// again would show nothing new: the seals of a text never change. What can change, whether the
/// token was revoked and what time it is, is not kept here but asked each time.
struct KnownToken {
    private let header: [UInt8]
    private let admission: Admission

    init(_ header: UnsafeRawBufferPointer, _ admission: Admission) {
        self.header = Array(header)
        self.admission = admission
    }

    /// What the header's token was admitted to; nil when it is another one, to the byte.
    func admission(for header: UnsafeRawBufferPointer) -> Admission? {
        header.equals(self.header) ? admission : nil
    }
}
