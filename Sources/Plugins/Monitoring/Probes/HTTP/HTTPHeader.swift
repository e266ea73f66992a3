internal import OpsJSONRPC

/// A header of an answer.
struct HTTPHeader: Sendable, Equatable {
    var name: String
    var value: String
}

/// The headers of a request, as a check names them.
enum HTTPHeaders {
    /// What is wrong with names or values.
    static func problems(_ headers: [String: String]) -> [RPCError.FieldError] {
        headers.sorted { $0.key < $1.key }.compactMap { name, value in
            let isToken =
                !name.isEmpty
                && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
            if isToken, !value.utf8.contains(where: { $0 == 0 || $0 == 10 || $0 == 13 }) {
                return nil
            }
            return RPCError.FieldError(
                path: "headers.\(name)", reason: "must be a header's name with a value of one line")
        }
    }

    /// The lines as libcurl takes them.
    static func lines(_ headers: [String: String]) -> [String] {
        headers.sorted { $0.key < $1.key }
            // libcurl leaves out a header without a value unless it ends in a semicolon.
            .map { $1.isEmpty ? "\($0);" : "\($0): \($1)" }
    }
}
