import OpsJSONRPC
import OpsToken

/// The token that the program acts as: in a file or on a descriptor, never on the command line nor
/// in the environment, where other processes could read it.
enum TokenFile {
    /// The file that the options name; nil when they name none.
    static func path(_ values: JSON.Object) throws -> String? {
        let path = values["token_file"]?.string
        guard let descriptor = values["token_fd"]?.int else { return path }
        guard path == nil else {
            throw Failure.usage("--token-file and --token-fd both name a token; give one of them")
        }
        guard (0...0xFFFF).contains(descriptor) else {
            throw Failure.usage("--token-fd takes the number of an open descriptor")
        }
        return InputFile.pathPrefix + String(descriptor)
    }

    /// Reads a token, as far as that is possible without the daemon's key.
    static func read(_ path: String, with file: (String) throws -> String) throws -> Token {
        let text = try file(path)
        do throws(TokenError) {
            return try Token(parsing: text)
        } catch {
            throw Failure(
                exit: .usage, kind: "bad_token", message: "\(name(of: path)): \(error)",
                hint: "`opsloop token create NAME` makes one")
        }
    }

    private static func name(of path: String) -> String {
        path == "-" ? "standard input" : path
    }
}
