/// Why a chunk or a tail row cannot be read.
enum ChunkError: Error, Hashable, Sendable, CustomStringConvertible {
    case tooShort(Int)
    case unsupportedVersion(UInt8)
    case unsupportedEncoding(UInt8)
    case checksumMismatch
    case truncated
    case badNumber

    var description: String {
        switch self {
        case .tooShort(let count): "only \(count) bytes, less than its header"
        case .unsupportedVersion(let version):
            "format version \(version), which this version of OpsLoop does not read"
        case .unsupportedEncoding(let encoding):
            "encoding \(encoding), which this version of OpsLoop does not read"
        case .checksumMismatch: "its checksum does not match its bytes"
        case .truncated: "its bytes end before its last sample"
        case .badNumber: "it holds a number that is out of range"
        }
    }
}
