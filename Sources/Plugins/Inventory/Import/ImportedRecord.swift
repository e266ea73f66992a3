internal import OpsCore
internal import OpsJSONRPC

/// One record of a file that is imported.
struct ImportedRecord: Sendable, Equatable {
    /// The line on which it begins.
    var line: Int
    /// What the file says of it, as `create` takes it; null for what the file leaves empty.
    var members: JSON.Object
    /// The fields of its own that the file has a column for: others stay as they are.
    var fields: JSON.Object?
}
