/// The type of a body, as `Content-Type` names it.
enum MediaType {
    /// Whether it is JSON; parameters such as `charset=utf-8` make no difference.
    static func isJSON(_ header: UnsafeRawBufferPointer) -> Bool {
        // Nearly always it is just this.
        if header.equals("application/json") { return true }
        let name = header.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
        return name.isLowercased("application/json") || name.isLowercased("application/json-rpc")
    }
}
