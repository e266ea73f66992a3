import OpsCore

/// A program with OpsLoop inside: its own plugin, typed calls, events; no socket, no daemon.
@main
struct EmbeddedHost {
    static func main() async throws {
        let folder = CommandLine.arguments.dropFirst().first ?? "embedded-data"
        let platform = try await Platform.start(
            Platform.Options(
                dataDirectory: folder,
                configuration: Configuration(plugins: [PluginConfiguration(name: "notebook")]),
                available: [Notebook.self]))

        // Events come at the reader's pace; what has not been read yet waits on the disk.
        let events = try platform.follow(["note.*"])
        let reader = Task {
            for try await event in events.prefix(2) { print(event.topic, event.ref ?? "-") }
        }

        // A method of which the program has the type.
        let note = try await platform.call(WriteNote.self) { $0.text = "Buy more disks." }
        print("wrote", note.ref)

        // A method of which it has not: parameters and result are types of its own.
        struct Params: Encodable { let text: String }
        struct Written: Decodable, Sendable { let ref: Ref }
        let second = try await platform.call(
            "note.write", params: Params(text: "Call the vendor."), returning: Written.self)
        print("wrote", second.ref)
        try await reader.value

        // The same rules as over the socket: the error names the member.
        do {
            _ = try await platform.call(WriteNote())
        } catch {
            print("refused:", error.fields.map { "\($0.path) \($0.reason)" }.joined())
        }

        // One folder has one owner; a second platform in this process takes another folder.
        do {
            _ = try await Platform.start(Platform.Options(dataDirectory: folder))
        } catch let error as DataDirectoryError {
            print("second:", error.isInUse ? "in use" : "\(error)")
        }
        let other = try await Platform.start(Platform.Options(dataDirectory: folder + "/other"))
        print("other:", try await other.call("plugin.list").text)

        await other.stop()
        await platform.stop()
    }
}
