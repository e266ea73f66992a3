internal import Foundation

/// The public data in the shared folder beside the package; a test that needs it is skipped where
/// it is not.
package enum SharedData {
    private static let folder: URL? = {
        var place = URL(fileURLWithPath: #filePath)
        while place.path != "/" {
            place.deleteLastPathComponent()
            let package = place.appendingPathComponent("Package.swift").path
            guard FileManager.default.fileExists(atPath: package) else { continue }
            return place.appendingPathComponent("../shared/data").standardizedFileURL
        }
        return nil
    }()

    /// Whether a folder of the data is here.
    package static func has(_ name: String) -> Bool { !files(of: name).isEmpty }

    /// The files of a folder with their bytes, by name; none when the folder is not here.
    package static func files(of name: String) -> [(name: String, bytes: [UInt8])] {
        guard let folder = folder?.appendingPathComponent(name) else { return [] }
        // What can't be read is not here, and whoever counts the files notices.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().compactMap { name in
            (try? Data(contentsOf: folder.appendingPathComponent(name))).map { (name, Array($0)) }
        }
    }
}
