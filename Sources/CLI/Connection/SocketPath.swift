/// Finds the daemon's socket.
struct SocketPath {
    var variables: [String: String]
    var exists: (String) -> Bool

    /// The path that was asked for, or the first usual place that has a socket.
    func find(_ wish: String?) throws -> String {
        if let path = wish ?? variables["OPSLOOP_SOCKET"], !path.isEmpty { return path }
        let places = usualPlaces
        if let found = places.first(where: exists) { return found }
        throw Failure.unreachable(
            "opsloopd is not running: there is no socket at \(places.joined(separator: ", "))",
            hint: "start it with `opsloopd --data DIR`, or point --socket at it")
    }

    private var usualPlaces: [String] {
        var places = ["./.opsloop/opsloop.sock"]
        if let folder = variables["XDG_RUNTIME_DIR"], !folder.isEmpty {
            places.append("\(folder)/opsloop/opsloop.sock")
        }
        return places + ["/run/opsloop/opsloop.sock"]
    }
}
