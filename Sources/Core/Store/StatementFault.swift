/// Called before each statement of a write, and able to fail it.
///
/// Tests inject it to fail the first statement, then the second, and so on, and look at what is
/// left behind each time.
typealias StatementFault = @Sendable (_ sql: String) throws -> Void
