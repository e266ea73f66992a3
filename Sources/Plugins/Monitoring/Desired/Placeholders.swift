internal import OpsCore
internal import OpsJSONRPC

/// A JSON value with places in its strings that a target fills: `{{ address }}`, `{{ target }}`
/// and `{{ labels.site }}`.
///
/// A string that is nothing but one place may become a number or a boolean, where the member asks
/// for one.
indirect enum Placeholders: Sendable {
    /// A place, or the text between two.
    enum Part: Sendable, Equatable {
        case text(String)
        case target
        case address
        case label(String)
    }

    case constant(JSON)
    case text([Part])
    case array([Placeholders])
    case object([(key: String, value: Placeholders)])

    /// Reads the places of a value.
    ///
    /// - Throws: `invalid_params` that names the member in which a place makes no sense.
    init(_ value: JSON, at path: String) throws(RPCError) {
        switch value {
        case .string(let text) where text.contains("{{"):
            self = .text(try Self.parts(text, path))
        case .array(let values):
            let parts = try values.enumerated().map { index, value throws(RPCError) in
                try Placeholders(value, at: "\(path)[\(index)]")
            }
            self = parts.allSatisfy(\.isConstant) ? .constant(value) : .array(parts)
        case .object(let members):
            var parts: [(key: String, value: Placeholders)] = []
            for (key, value) in members {
                parts.append((key, try Placeholders(value, at: "\(path).\(key)")))
            }
            self = parts.allSatisfy(\.value.isConstant) ? .constant(value) : .object(parts)
        default: self = .constant(value)
        }
    }

    /// Whether there is no place in it.
    var isConstant: Bool {
        if case .constant = self { true } else { false }
    }

    /// The labels that a target must have.
    var labels: Set<String> {
        switch self {
        case .constant: []
        case .text(let parts):
            Set(parts.compactMap { if case .label(let name) = $0 { name } else { nil } })
        case .array(let values): values.reduce(into: []) { $0.formUnion($1.labels) }
        case .object(let members): members.reduce(into: []) { $0.formUnion($1.value.labels) }
        }
    }

    /// The value for a target.
    ///
    /// - Throws: `invalid_params` that names the label which the target lacks.
    func filled(for target: TargetDefinition, at path: String) throws(RPCError) -> JSON {
        switch self {
        case .constant(let value): return value
        case .text(let parts): return .string(try Self.filled(parts, for: target, at: path))
        case .array(let values):
            return .array(
                try values.enumerated().map { index, value throws(RPCError) in
                    try value.filled(for: target, at: "\(path)[\(index)]")
                })
        case .object(let members):
            var filled = JSON.Object()
            for (key, value) in members {
                filled[key] = try value.filled(for: target, at: "\(path).\(key)")
            }
            return .object(filled)
        }
    }

    private static func filled(
        _ parts: [Part], for target: TargetDefinition, at path: String
    ) throws(RPCError) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .text(let between): text += between
            case .target: text += target.name
            case .address: text += target.address
            case .label(let name):
                guard let value = target.labels[name] else {
                    throw .badMember(
                        path, "needs the label \"\(name)\", which \"\(target.name)\" has not")
                }
                text += value
            }
        }
        return text
    }

    private static func parts(_ text: String, _ path: String) throws(RPCError) -> [Part] {
        let pieces: [TextWithPlaces.Piece]
        do throws(TextWithPlaces.Unclosed) {
            pieces = try TextWithPlaces.pieces(of: text)
        } catch {
            throw .badMember(path, "opens {{ and never closes it")
        }
        return try pieces.map { piece throws(RPCError) in
            switch piece {
            case .text(let between): .text(String(between))
            case .place(let name): try place(name, path)
            }
        }
    }

    private static func place(_ name: Substring, _ path: String) throws(RPCError) -> Part {
        switch name {
        case "target": return .target
        case "address": return .address
        case _ where name.hasPrefix("labels.") && name.utf8.count > 7:
            return .label(String(name.dropFirst(7)))
        default:
            throw .badMember(
                path, "knows {{ target }}, {{ address }} and {{ labels.NAME }}, not {{ \(name) }}")
        }
    }
}
