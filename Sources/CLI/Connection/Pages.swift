import OpsJSONRPC

/// Fetches a list or a file page by page, as far as the caller wants it.
struct Pages {
    let command: Command
    var all: Bool
    /// Takes a file page by page; without it the answer holds the whole.
    var takePart: ((String) -> Void)?
    /// Takes a list page by page; without it the answer holds all of it.
    var takeItems: (([JSON]) -> Void)?
    let call: (JSON.Object) throws -> JSON

    func fetch(_ params: JSON.Object) throws -> JSON {
        guard command.isList else { return try call(params) }
        let wanted = all ? nil : params["limit"]?.int
        var params = limited(params, to: wanted)
        var page = try call(params)
        guard var result = page.object, let first = page["items"]?.array else {
            return try file(page, params, wanted)
        }
        var (items, count) = ([] as [JSON], first.count)
        let take = takeItems ?? { items += $0 }
        take(first)
        while let next = page["next_cursor"]?.string, goesOn(count, wanted) {
            params = limited(params, to: wanted.map { $0 - count })
            params["cursor"] = .string(next)
            page = try call(params)
            let more = page["items"]?.array ?? []
            // An empty page that names a next one would be asked for for ever.
            if more.isEmpty { break }
            take(more)
            count += more.count
        }
        result["items"] = .array(items)
        result["next_cursor"] = page["next_cursor"]
        return .object(result)
    }

    /// The rest of a file of which a page is the beginning.
    ///
    /// Who has a file written takes it for the whole, so it is, unless a limit says how much of it.
    private func file(
        _ first: JSON, _ params: JSON.Object, _ wanted: Int?
    ) throws -> JSON {
        guard var result = first.object, let format = first["format"]?.string,
            let text = first["text"]?.string, var count = first["count"]?.int
        else { return first }
        var whole = ""
        let take = takePart ?? { whole += $0 }
        take(text)
        var (page, params) = (first, params)
        while let next = page["next_cursor"]?.string, wanted.map({ count < $0 }) ?? true {
            params = limited(params, to: wanted.map { $0 - count })
            params["cursor"] = .string(next)
            page = try call(params)
            let more = page["count"]?.int ?? 0
            if more == 0 { break }
            count += more
            take(String(Self.records(page["text"]?.string ?? "", format)))
        }
        result["text"] = .string(whole)
        result["count"] = .number(.init(count))
        result["next_cursor"] = page["next_cursor"]
        return .object(result)
    }

    /// The text of a page without the line of names that the first page has, too.
    private static func records(_ text: String, _ format: String) -> Substring {
        format == "csv" ? text.drop { !$0.isNewline }.dropFirst() : text[...]
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
