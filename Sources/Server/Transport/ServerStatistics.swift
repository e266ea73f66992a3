/// What the server has done since it started; shown by `system.stats`.
struct ServerStatistics: Codable, Sendable {
    var connections = 0
    var accepted = 0
    var refused = 0
    var messages = 0
    var bytesRead = 0
    var bytesWritten = 0
    var closedForNotReading = 0
}
