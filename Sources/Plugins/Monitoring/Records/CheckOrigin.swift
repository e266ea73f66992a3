internal import OpsCore

/// Who asked for a check: a caller, or the file `plugins.json`, which then keeps deciding about it.
enum CheckOrigin: String, Sendable, SQLConvertible {
    case api, config
}
