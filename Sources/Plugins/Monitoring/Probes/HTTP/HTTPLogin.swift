internal import OpsJSONRPC

/// Who asks, for basic authentication; never sent to another host that a redirect leads to.
struct HTTPLogin: Sendable, Equatable {
    var username: String
    var password: String

    init?(_ username: String?, _ password: String?) {
        guard let username else { return nil }
        self.username = username
        self.password = password ?? ""
    }

    /// What is wrong with the members `username` and `password`.
    static func problems(_ username: String?, _ password: String?) -> [RPCError.FieldError] {
        if username == nil, password != nil {
            return [.init(path: "username", reason: "is required with password")]
        }
        let pairs = [("username", username), ("password", password)]
        return pairs.compactMap { name, text in
            text?.utf8.contains(0) == true ? .init(path: name, reason: "must not hold NUL") : nil
        }
            + (username?.contains(":") == true
                ? [.init(path: "username", reason: "must not hold a colon")] : [])
    }
}
