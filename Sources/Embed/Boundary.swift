internal import COpsLoop
internal import Dispatch
internal import OpsJSONRPC

/// Where the host's pointers become values, and errors become codes and texts.
enum Boundary {
    typealias TextPointer = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

    /// Runs `body` and returns `OPSLOOP_OK`, or the code of what it throws, whose text goes to `text`.
    static func report(_ text: TextPointer? = nil, _ body: () throws -> Void) -> CInt {
        answer(text) {
            try body()
            return OPSLOOP_OK
        }
    }

    /// As ``report(_:_:)``, for a function whose good results are numbers.
    static func answer(_ text: TextPointer? = nil, _ body: () throws -> CInt) -> CInt {
        text?.pointee = nil
        do {
            return try body()
        } catch {
            let reason = EmbedError(start: error)
            text?.pointee = CText.copy(reason.text.text.utf8)
            return reason.code
        }
    }

    static func instance(_ handle: OpaquePointer?) throws(EmbedError) -> Instance {
        guard let handle else { throw .invalid("the instance is NULL") }
        return Unmanaged<Instance>.fromOpaque(UnsafeRawPointer(handle)).takeUnretainedValue()
    }

    static func message(
        _ text: UnsafePointer<CChar>?, _ length: Int
    ) throws(EmbedError) -> Message {
        guard let bytes = CText.bytes(text, length) else { throw .invalid("the message is NULL") }
        return MessageParser.parse(bytes)
    }

    static func json(
        _ text: UnsafePointer<CChar>?, _ length: Int = 0, _ what: String
    ) throws(EmbedError) -> JSON {
        guard let text = CText.string(text, length) else {
            throw .invalid("\(what) is NULL or not UTF-8")
        }
        do {
            return try JSON.parse(text, .init(duplicateKeys: .reject))
        } catch {
            throw EmbedError(.parseError("\(what) is not JSON: \(error)."))
        }
    }

    static func deadline(_ milliseconds: CInt) -> DispatchTime {
        milliseconds < 0 ? .distantFuture : .now() + .milliseconds(Int(milliseconds))
    }
}
