/// The performance data of a plugin's output: `'label'=value[unit];[warn];[crit];[min];[max] ...`.
struct PerformanceData: Sendable, Equatable {
    /// The items in the order in which they were printed, in base units.
    private(set) var measurements: [Measurement] = []
    /// How many items were left out because they are malformed.
    private(set) var skipped = 0

    /// Reads the text behind the `|`, skipping malformed items.
    init(parsing text: some StringProtocol) {
        var rest = Substring(text).drop(while: \.isWhitespace)
        while !rest.isEmpty {
            if let (item, remainder) = Self.item(rest) {
                measurements.append(item)
                rest = remainder
            } else {
                skipped += 1
                rest = Self.skipItem(rest)
            }
            rest = rest.drop(while: \.isWhitespace)
        }
    }

    private static func item(_ text: Substring) -> (Measurement, rest: Substring)? {
        guard let (label, afterLabel) = label(text), afterLabel.first == "=" else { return nil }
        let value = afterLabel.dropFirst()
        let end = value.firstIndex(where: \.isWhitespace) ?? value.endIndex
        guard let item = measurement(label, value[..<end]) else { return nil }
        return (item, value[end...])
    }

    /// Returns the label and what follows it; a quote inside a quoted label is doubled.
    private static func label(_ text: Substring) -> (label: String, rest: Substring)? {
        guard text.first == "'" else {
            let end = text.firstIndex { $0 == "=" || $0.isWhitespace } ?? text.endIndex
            let label = text[..<end]
            return label.isEmpty || label.contains("'") ? nil : (String(label), text[end...])
        }
        var label = ""
        var rest = text.dropFirst()
        while let quote = rest.firstIndex(of: "'") {
            label += rest[..<quote]
            rest = rest[rest.index(after: quote)...]
            guard rest.first == "'" else { return label.isEmpty ? nil : (label, rest) }
            label += "'"
            rest = rest.dropFirst()
        }
        return nil
    }

    private static func measurement(_ label: String, _ text: Substring) -> Measurement? {
        let fields = text.split(separator: ";", omittingEmptySubsequences: false)
        // A trailing ";" is allowed behind the fifth field too.
        guard let first = fields.first, fields.dropFirst(5).allSatisfy(\.isEmpty) else {
            return nil
        }
        func field(_ index: Int) -> Substring { index < fields.count ? fields[index] : "" }
        if first == "U" { return Measurement(label: label, value: nil) }
        guard let (value, unit) = NagiosNumber.prefix(of: first), unit.allSatisfy(isUnitCharacter)
        else { return nil }
        let (base, factor) = PerformanceUnit.normalise(unit)
        return Measurement(
            label: label, value: value * factor, unit: base,
            warning: range(field(1), unit)?.scaled(by: factor),
            critical: range(field(2), unit)?.scaled(by: factor),
            min: bound(field(3), unit).map { $0 * factor },
            max: bound(field(4), unit).map { $0 * factor })
    }

    /// A decimal comma or a second point shows up here, as a unit that no unit is.
    private static func isUnitCharacter(_ character: Character) -> Bool {
        character.isLetter || character == "%" || character == "/"
    }

    /// Reads a threshold.
    ///
    /// Some plugins repeat the unit behind it, which the guidelines do not ask
    /// for; one that cannot be read is left out, because the value is worth keeping without it.
    private static func range(_ text: Substring, _ unit: Substring) -> NagiosRange? {
        NagiosRange(text)
            ?? (unit.isEmpty || !text.hasSuffix(unit)
                ? nil : NagiosRange(text.dropLast(unit.count)))
    }

    private static func bound(_ text: Substring, _ unit: Substring) -> Double? {
        guard let (value, rest) = NagiosNumber.prefix(of: text), rest.isEmpty || rest == unit
        else { return nil }
        return value
    }

    /// Returns what follows the malformed item: the next space, or for an item with a well-formed
    /// quoted label the next space behind the label.
    private static func skipItem(_ text: Substring) -> Substring {
        let rest = text.first == "'" ? (label(text)?.rest ?? text) : text
        return rest.drop { !$0.isWhitespace }
    }
}
