import OpsJSONRPC

extension MessageParser {
    static func parse(bytes: [UInt8], _ limits: MessageLimits = MessageLimits()) -> Message {
        bytes.withUnsafeBufferPointer { parse($0, limits) }
    }

    static func parse(_ text: String, _ limits: MessageLimits = MessageLimits()) -> Message {
        parse(bytes: Array(text.utf8), limits)
    }
}
