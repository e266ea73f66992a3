internal import OpsCore
internal import OpsJSONRPC

/// A member that is a list of objects, each declared like a check.
///
/// The member is a list of JSON values, so that every mistake in every object can be named by its
/// path, such as `assertions[2].json_path`.
enum DeclaredList {
    /// Reads the list of the member called `name`, and adds what is wrong with it to `problems`.
    static func read<Item: Declared>(
        _ type: Item.Type, _ list: [JSON], at name: String,
        _ problems: inout [RPCError.FieldError],
        validate: (Item) -> [RPCError.FieldError]
    ) -> [Item] {
        let fields = FieldSet(type)
        var items: [Item] = []
        for (index, json) in list.enumerated() {
            do throws(RPCError) {
                let item = try fields.decode(json)
                let wrong = validate(item)
                guard wrong.isEmpty else { throw .invalidParams("", fields: wrong) }
                items.append(item)
            } catch {
                problems += error.moved(under: "\(name)[\(index)]").fields
            }
        }
        return items
    }
}

extension ParamRule where Value == [JSON] {
    /// The elements are objects with the members of a declared type.
    static func items<Item: Declared>(of type: Item.Type) -> Self {
        Self(describe: { traits in
            let fields = FieldSet(type).fields
            traits.schema["items"] = [
                "type": "object",
                "properties": .object(JSON.Object(fields.map { ($0.name, $0.fullSchema) })),
                "required": .array(fields.filter(\.isRequired).map { .string($0.name) }),
                "additionalProperties": false,
            ]
        })
    }
}
