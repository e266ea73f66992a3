internal import OpsJSONRPC

/// An input that something went wrong with.
package struct FuzzFailure: Error, CustomStringConvertible {
    package let complaint: String
    package let inputs: [[UInt8]]

    /// The complaint and the inputs, written so that they can be pasted into a test.
    package var description: String {
        let texts = inputs.map { JSON.string(String(decoding: $0, as: UTF8.self)).text }
        return "\(complaint): \(texts.joined(separator: ", "))"
    }
}
