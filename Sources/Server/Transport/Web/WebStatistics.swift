/// What the server has done since it started; shown by `system.stats`.
struct WebStatistics: Codable, Sendable {
    var listening: [String] = []
    var connections = 0
    var accepted = 0
    var refused = 0
    var requests = 0
    var refusals = 0
    var messages = 0
    var bytesRead = 0
    var bytesWritten = 0
    var timeouts = 0
    var closedForNotReading = 0
    /// Bytes that clients have not read yet.
    var queuedBytes = 0
}
