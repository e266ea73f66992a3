internal import OpsCore
internal import OpsJSONRPC

/// What the host configures: the members of `plugins.json`, and the data folder.
struct HostConfiguration: Sendable {
    let dataDirectory: String
    let platform: Configuration

    init(parsing text: String) throws {
        var document = try Self.document(text)
        guard let data = document["data"]?.string, !data.isEmpty else {
            throw EmbedError(RPCError.badField("data", "must name the data folder"))
        }
        document["data"] = nil
        // The file carries its version; a program is compiled against the header's.
        if document["schema"] == nil { document["schema"] = 1 }
        if document["plugins"] == nil { document["plugins"] = [] }
        dataDirectory = data
        platform = try Configuration(parsing: JSON.object(document).text)
    }

    private static func document(_ text: String) throws -> JSON.Object {
        let json: JSON
        do {
            json = try JSON.parse(text, .init(duplicateKeys: .reject))
        } catch {
            throw EmbedError(.parseError("The configuration is not JSON: \(error)."))
        }
        guard case .object(let members) = json else {
            throw EmbedError(.invalidParams("The configuration must be an object."))
        }
        return members
    }
}
