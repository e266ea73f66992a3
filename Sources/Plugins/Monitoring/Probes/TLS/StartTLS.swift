/// A protocol that begins in plain text and changes over to TLS.
enum StartTLS: String, Codable, CaseIterable, Sendable {
    case ftp
    case imap
    case pop3
    case postgres
    case smtp

    /// The port that it has when none is given.
    var port: Int {
        switch self {
        case .ftp: 21
        case .imap: 143
        case .pop3: 110
        case .postgres: 5432
        case .smtp: 25
        }
    }
}
