internal import OpsJSONRPC

/// Writes the members of a ``Declared`` value that were set, as ``FieldSet`` reads them.
enum FieldEncoder {
    static func members(of value: some Declared) throws -> JSON.Object {
        var members = JSON.Object()
        for child in Mirror(reflecting: value).children {
            if let param = child.value as? any FieldEncoding {
                let name = WireName.of(String((child.label ?? "").drop(while: { $0 == "_" })))
                members[name] = try param.encoded()
            } else if let group = child.value as? any FieldGroup {
                for (name, value) in try group.encodedMembers() { members[name] = value }
            } else if let collected = child.value as? Members {
                for (name, value) in collected.wrappedValue { members[name] = value }
            }
        }
        return members
    }
}

/// A member of a ``Declared`` type that can write its value.
protocol FieldEncoding {
    /// The value; nil when none was set.
    func encoded() throws -> JSON?
}
