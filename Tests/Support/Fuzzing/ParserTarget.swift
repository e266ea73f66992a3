internal import OpsJSONRPC
internal import TestVectors

/// Holds the framer and the parser to what must be true of any bytes.
package enum ParserTarget {
    private static let maxFrameBytes = 1024

    /// Checks the input of a number.
    ///
    /// - Throws: ``FuzzFailure``.
    package static func check(_ number: UInt64, of mutator: Mutator) throws(FuzzFailure) {
        let input = mutator.input(number)
        var generator = mutator.generator(~number)
        let whole = frames(of: input) { .max }
        let pieces = frames(of: input) { Int.random(in: 1...99, using: &generator) }
        guard whole == pieces else {
            throw FuzzFailure(complaint: "pieces give other frames", inputs: [input])
        }
        for case .text(let frame) in whole {
            if let complaint = complaint(about: frame) {
                throw FuzzFailure(complaint: complaint, inputs: [input])
            }
        }
    }

    // MARK: - Frames

    private enum Frame: Equatable {
        case text([UInt8])
        case failure(FramingError)
    }

    private static func frames(of input: [UInt8], piece: () -> Int) -> [Frame] {
        var framer = Framer(maxFrameBytes: maxFrameBytes)
        var frames: [Frame] = []
        var rest = input[...]
        while !rest.isEmpty {
            let part = rest.prefix(piece())
            rest = rest.dropFirst(part.count)
            part.withUnsafeBytes { framer.append($0) }
            collect(&framer, into: &frames)
        }
        if framer.finish() == .frame { frames.append(.text(framer.withFrame(Array.init))) }
        return frames
    }

    private static func collect(_ framer: inout Framer, into frames: inout [Frame]) {
        while true {
            switch framer.next() {
            case .frame: frames.append(.text(framer.withFrame(Array.init)))
            case .needMore: return
            case .failed(let error):
                // A stream that can't go on says so as often as it is asked.
                if frames.last != .failure(error) || error.isRecoverable {
                    frames.append(.failure(error))
                }
                if !error.isRecoverable { return }
            }
        }
    }

    // MARK: - Messages

    private static func complaint(about frame: [UInt8]) -> String? {
        let message = frame.withUnsafeBufferPointer { MessageParser.parse($0) }
        guard let value = try? JSON.parse(frame) else {
            return isParseError(message) ? nil : "what is no JSON is no parse error"
        }
        if isParseError(message) { return "what is JSON is a parse error" }
        guard let again = try? JSON.parse(value.text), again == value else {
            return "the value reads back as another"
        }
        return complaint(about: message, of: value)
    }

    private static func isParseError(_ message: Message) -> Bool {
        guard case .single(.invalid(_, let error)) = message else { return false }
        return error.kind == "parse_error"
    }

    private static func complaint(about message: Message, of value: JSON) -> String? {
        switch message {
        case .single(let element):
            return complaint(about: element, of: value)
        case .batch(let elements):
            guard let values = value.array, values.count == elements.count else {
                return "the batch has another number of elements"
            }
            return zip(elements, values).lazy.compactMap { complaint(about: $0, of: $1) }.first
        case .emptyBatch:
            return value == [] ? nil : "the batch is not empty"
        case .batchTooLarge:
            return value.array.map { $0.count > 100 } == true ? nil : "the batch is not too large"
        }
    }

    /// A request is what its text says, and reads back as itself.
    private static func complaint(about element: Incoming, of value: JSON) -> String? {
        guard case .request(let request) = element else { return nil }
        guard value["jsonrpc"] == "2.0", value["method"]?.string == request.method,
            (value["id"] == nil) == request.isNotification
        else { return "the request is not what its text says" }
        var text: [UInt8] = []
        if let id = request.id {
            MessageWriter.request(id: id, method: request.method, params: request.params, to: &text)
        } else {
            MessageWriter.notification(method: request.method, params: request.params, to: &text)
        }
        let again = text.withUnsafeBufferPointer { MessageParser.parse($0) }
        return again == .single(element) ? nil : "the request reads back as another"
    }
}
