/// The version of this program; the daemon tells its own.
enum Version {
    static let text = "0.2.0"
}
