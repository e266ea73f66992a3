public import OpsJSONRPC

/// One record of a file that is imported.
public struct ImportedRecord: Sendable, Equatable {
    /// The line on which it begins.
    public var line: Int
    /// What the file says of it, as `create` takes it; null for what the file leaves empty.
    public var members: JSON.Object
    /// The fields of its own that the file has a column for: others stay as they are.
    public var fields: JSON.Object?
    /// Members that the record gets when it comes, and which are left alone where it is there already.
    public var initial: JSON.Object?

    /// Makes a record.
    public init(
        line: Int, members: JSON.Object, fields: JSON.Object? = nil, initial: JSON.Object? = nil
    ) {
        self.line = line
        self.members = members
        self.fields = fields
        self.initial = initial
    }
}

/// What a file that is imported says, and what of it cannot be read.
public struct ImportedFile: Sendable {
    /// The records, in the order of the file.
    public var records: [ImportedRecord] = []
    /// The lines that are no record, one mistake each.
    public var mistakes: [RPCError.FieldError] = []

    /// Nothing yet.
    public init() {}
}
