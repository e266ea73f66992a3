internal import OpsCore
internal import OpsJSONRPC

/// Reads settings that are lists of records.
enum DeclaredList {
    /// Reads every entry, or throws `invalid_params` with the place of all that is wrong.
    static func read<Record: Declared>(
        _ entries: [JSON], at place: String
    ) throws(RPCError) -> [Record] {
        let set = FieldSet(Record.self)
        var records: [Record] = []
        var bad: [RPCError.FieldError] = []
        for (index, entry) in entries.enumerated() {
            let path = "\(place)[\(index)]"
            guard case .object = entry else {
                bad.append(.init(path: path, reason: "must be an object"))
                continue
            }
            do throws(RPCError) {
                records.append(try set.decode(entry))
            } catch {
                bad += error.fields.map { .init(path: "\(path).\($0.path)", reason: $0.reason) }
            }
        }
        guard bad.isEmpty else { throw .invalidParams("Not all of this is right.", fields: bad) }
        return records
    }
}
