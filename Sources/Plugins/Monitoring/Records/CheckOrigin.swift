internal import OpsCore

/// Who asked for a check: a caller; or the file `plugins.json` or a template, which then keep
/// deciding about it.
enum CheckOrigin: String, Sendable, SQLConvertible {
    case api, config, template
}
