import OpsJSONRPC

/// Fetches a list page by page, as far as the caller wants it.
struct Pages {
    let daemon: any Daemon
    let command: Command
    var all: Bool

    func fetch(_ method: String, _ params: JSON.Object) throws -> JSON {
        guard command.isList else { return try daemon.call(method, params) }
        let wanted = all ? nil : params["limit"]?.int
        var params = limited(params, to: wanted)
        var page = try daemon.call(method, params)
        guard var result = page.object, var items = page["items"]?.array else { return page }
        while let next = page["next_cursor"]?.string, goesOn(items.count, wanted) {
            params = limited(params, to: wanted.map { $0 - items.count })
            params["cursor"] = .string(next)
            page = try daemon.call(method, params)
            let more = page["items"]?.array ?? []
            // An empty page that names a next one would be asked for for ever.
            if more.isEmpty { break }
            items += more
        }
        result["items"] = .array(items)
        result["next_cursor"] = page["next_cursor"]
        return .object(result)
    }

    private func goesOn(_ count: Int, _ wanted: Int?) -> Bool {
        all || count < (wanted ?? 0)
    }

    /// A page holds no more than the daemon allows; a longer list takes several.
    private func limited(_ params: JSON.Object, to wanted: Int?) -> JSON.Object {
        guard let wanted else { return params }
        var params = params
        let most = command.parameters.first { $0.name == "limit" }?.maximum
        params["limit"] = .number(.init(min(wanted, most ?? wanted)))
        return params
    }
}
