internal import Logging
internal import OpsCore

extension ReadTransaction {
    /// The rows of a table as records, in the order of their numbers.
    ///
    /// A row that cannot be read must not keep all others from their work: it is said, left out
    /// and stays as it is, for a version that can read it.
    func records<Record>(
        of table: String, by column: String = "id", _ logger: Logger,
        _ read: (Row) throws -> Record
    ) throws -> [Record] {
        try rows("SELECT * FROM \(table) ORDER BY \(column)").compactMap { row in
            do {
                return try read(row)
            } catch {
                let number = try row.int(column)
                logger.error(
                    "a stored row cannot be read and is left out",
                    metadata: [
                        "table": "\(table)", "\(column)": "\(number)", "error": "\(error)",
                    ])
                return nil
            }
        }
    }
}
