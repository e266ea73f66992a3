internal import Glibc

/// What a path leads to; links are followed.
enum FileKind: String, Codable, CaseIterable, Sendable {
    case file
    case directory
    case pipe
    case socket
    case device

    init(mode: mode_t) {
        switch mode & S_IFMT {
        case S_IFDIR: self = .directory
        case S_IFIFO: self = .pipe
        case S_IFSOCK: self = .socket
        case S_IFCHR, S_IFBLK: self = .device
        default: self = .file
        }
    }
}
