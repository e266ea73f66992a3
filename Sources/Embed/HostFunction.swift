/// A function of the host that takes a text, and what the host wants back with each call.
///
/// `@unchecked Sendable`: it never changes; what `user` points to is the host's business, and the
/// function is called by one thread at a time.
struct HostFunction: @unchecked Sendable {
    typealias Function =
        @convention(c) (
            UnsafeMutableRawPointer?, UnsafePointer<CChar>?, Int
        ) -> Void

    private let function: Function?
    private let user: UnsafeMutableRawPointer?

    init(_ function: Function?, _ user: UnsafeMutableRawPointer?) {
        self.function = function
        self.user = user
    }

    var isNull: Bool { function == nil }

    /// Lends a text to the function; NULL when it is empty.
    func call(_ text: [UInt8]) {
        guard let function else { return }
        guard !text.isEmpty else { return function(user, nil, 0) }
        CText.lend(text) { function(user, $0, $1) }
    }
}
