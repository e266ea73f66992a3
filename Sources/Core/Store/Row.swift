public import OpsJSONRPC

/// One row that a query answered, read by column name.
///
/// Each accessor throws an error that names the column when the row has no such column, or when it
/// holds another kind of value. The `optional…` variants answer nil for null.
public struct Row: Sendable, Equatable {
    /// The columns, in the order of the query.
    public let columns: [String]
    private let values: [SQLValue]

    init(columns: [String], values: [SQLValue]) {
        self.columns = columns
        self.values = values
    }

    /// The value of a column, whatever its kind.
    public func value(_ column: String) throws -> SQLValue {
        // Of wide rows most names differ in their lengths already.
        let length = column.utf8.count
        guard let index = columns.firstIndex(where: { $0.utf8.count == length && $0 == column })
        else {
            throw StoreError(
                .wrongColumn,
                "the row has no column '\(column)'; it has \(columns.joined(separator: ", "))")
        }
        return values[index]
    }

    // MARK: - Values that have to be there

    /// An integer.
    public func int(_ column: String) throws -> Int {
        Int(try int64(column))
    }

    /// An integer of 64 bits.
    public func int64(_ column: String) throws -> Int64 {
        try required(column, "an integer", Self.int64)
    }

    /// A number; an integer counts.
    public func double(_ column: String) throws -> Double {
        try required(column, "a number", Self.double)
    }

    /// A truth value, stored as one or zero.
    public func bool(_ column: String) throws -> Bool {
        try required(column, "zero or one", Self.bool)
    }

    /// Text.
    public func text(_ column: String) throws -> String {
        try required(column, "text", Self.text)
    }

    /// Bytes.
    public func blob(_ column: String) throws -> [UInt8] {
        try required(column, "bytes", Self.blob)
    }

    /// An instant, stored in milliseconds since 1970.
    public func instant(_ column: String) throws -> Instant {
        Instant(milliseconds: try int64(column))
    }

    /// A JSON value, stored as its text.
    public func json(_ column: String) throws -> JSON {
        try required(column, "JSON text", Self.json)
    }

    /// Texts by name, stored as the text of a JSON object; the error does not say which is none.
    public func texts(_ column: String) throws -> [String: String] {
        try required(column, "a JSON object of texts", Self.texts)
    }

    /// A ref, stored as `noun:key`.
    public func ref(_ column: String) throws -> Ref {
        try required(column, "a ref", Self.ref)
    }

    // MARK: - Values that may be null

    /// An integer, or nil for null.
    public func optionalInt(_ column: String) throws -> Int? {
        try optionalInt64(column).map { Int($0) }
    }

    /// An integer of 64 bits, or nil for null.
    public func optionalInt64(_ column: String) throws -> Int64? {
        try optional(column, "an integer", Self.int64)
    }

    /// A number, or nil for null.
    public func optionalDouble(_ column: String) throws -> Double? {
        try optional(column, "a number", Self.double)
    }

    /// A truth value, or nil for null.
    public func optionalBool(_ column: String) throws -> Bool? {
        try optional(column, "zero or one", Self.bool)
    }

    /// Text, or nil for null.
    public func optionalText(_ column: String) throws -> String? {
        try optional(column, "text", Self.text)
    }

    /// Bytes, or nil for null.
    public func optionalBlob(_ column: String) throws -> [UInt8]? {
        try optional(column, "bytes", Self.blob)
    }

    /// An instant, or nil for null.
    public func optionalInstant(_ column: String) throws -> Instant? {
        try optionalInt64(column).map { Instant(milliseconds: $0) }
    }

    /// A JSON value, or nil for null.
    public func optionalJSON(_ column: String) throws -> JSON? {
        try optional(column, "JSON text", Self.json)
    }

    /// A ref, or nil for null.
    public func optionalRef(_ column: String) throws -> Ref? {
        try optional(column, "a ref", Self.ref)
    }

    // MARK: - Conversions

    private func required<T>(
        _ column: String, _ expected: String, _ convert: (SQLValue) -> T?
    ) throws -> T {
        let value = try value(column)
        guard let result = convert(value) else { throw mismatch(column, expected, value) }
        return result
    }

    private func optional<T>(
        _ column: String, _ expected: String, _ convert: (SQLValue) -> T?
    ) throws -> T? {
        let value = try value(column)
        if value == .null { return nil }
        guard let result = convert(value) else { throw mismatch(column, expected, value) }
        return result
    }

    /// Says what was found by its kind only: the value may be a secret.
    private func mismatch(_ column: String, _ expected: String, _ found: SQLValue) -> StoreError {
        StoreError(
            .wrongColumn, "the column '\(column)' holds \(found.kind) where \(expected) is expected"
        )
    }

    private static func int64(_ value: SQLValue) -> Int64? {
        if case .int(let number) = value { number } else { nil }
    }

    private static func double(_ value: SQLValue) -> Double? {
        switch value {
        case .double(let number): number
        case .int(let number): Double(number)
        case .null, .text, .blob: nil
        }
    }

    private static func bool(_ value: SQLValue) -> Bool? {
        switch value {
        case .int(0): false
        case .int(1): true
        case .null, .int, .double, .text, .blob: nil
        }
    }

    private static func text(_ value: SQLValue) -> String? {
        if case .text(let text) = value { text } else { nil }
    }

    private static func blob(_ value: SQLValue) -> [UInt8]? {
        if case .blob(let bytes) = value { bytes } else { nil }
    }

    private static func json(_ value: SQLValue) -> JSON? {
        // The parser's reason is left out on purpose: it may quote the stored text.
        text(value).flatMap { try? JSON.parse($0) }
    }

    private static func texts(_ value: SQLValue) -> [String: String]? {
        guard let members = json(value)?.object else { return nil }
        var texts: [String: String] = [:]
        for (name, value) in members {
            guard let text = value.string else { return nil }
            texts[name] = text
        }
        return texts
    }

    private static func ref(_ value: SQLValue) -> Ref? {
        text(value).flatMap { Ref($0) }
    }
}
