import Foundation
import Glibc
import Testing

/// The program `store-crasher`, which stands beside the tests' own.
struct Crasher {
    private let process = Process()
    private let output = Foundation.Pipe()
    private var buffer: [UInt8] = []

    init(_ arguments: String...) throws {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        process.executableURL = URL(fileURLWithPath: tests).deletingLastPathComponent()
            .appendingPathComponent("store-crasher")
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        // Ours is closed, so that the pipe ends with the process.
        try output.fileHandleForWriting.close()
    }

    /// Runs the program to its end and answers the first line that it printed.
    static func run(_ arguments: String...) throws -> String? {
        var crasher = try Crasher(arguments[0], arguments[1])
        let line = crasher.line()
        crasher.process.waitUntilExit()
        return line
    }

    /// Waits for the next whole line; nil when the program has ended.
    mutating func line() -> String? {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                defer { buffer.removeSubrange(...end) }
                return String(decoding: buffer[..<end], as: UTF8.self)
            }
            let bytes = readSome()
            if bytes.isEmpty { return nil }
            buffer += bytes
        }
    }

    /// Not through `FileHandle`, which ends the tests when a signal interrupts it.
    private func readSome() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(output.fileHandleForReading.fileDescriptor, &bytes, bytes.count)
            if count >= 0 { return Array(bytes.prefix(count)) }
            guard errno == EINTR else { return [] }
        }
    }

    /// Kills the program without any warning and answers the lines that it had still printed.
    mutating func kill() -> [String] {
        Glibc.kill(process.processIdentifier, SIGKILL)
        var lines: [String] = []
        while let line = line() { lines.append(line) }
        process.waitUntilExit()
        return lines
    }
}
