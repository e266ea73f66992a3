internal import Glibc
internal import OpsCore

/// The version as a C text that lives as long as the process.
///
/// `@unchecked Sendable`: it is written once, before anybody has it.
struct VersionText: @unchecked Sendable {
    private static let shared = VersionText()
    private let text = strdup(Platform.version)

    static var pointer: UnsafePointer<CChar>? { shared.text.map { UnsafePointer($0) } }
}
