/// The name and the labels of a series as numbers of `Symbols`.
struct PackedKey: Sendable, Hashable {
    /// The metric's name, then name and value of each label, sorted by the label's name.
    fileprivate let numbers: [UInt32]

    init(_ numbers: [UInt32]) {
        self.numbers = numbers
    }

    var name: UInt32 { self.numbers[0] }

    /// The number of a label's value; nil when the series does not have the label.
    func value(of label: UInt32, nameLabel: UInt32?) -> UInt32? {
        if label == nameLabel { return self.name }
        for index in stride(from: 1, to: self.numbers.count, by: 2)
        where self.numbers[index] == label { return self.numbers[index + 1] }
        return nil
    }

    /// Hands over the numbers of each label's name and value.
    func forEachLabel(_ body: (_ name: UInt32, _ value: UInt32) -> Void) {
        for index in stride(from: 1, to: self.numbers.count, by: 2) {
            body(self.numbers[index], self.numbers[index + 1])
        }
    }
}

extension Symbols {
    /// A key as numbers; nil when one of its texts was never seen, and so no series has the key.
    func find(_ key: SeriesKey) -> PackedKey? {
        guard let name = self.number(of: key.name) else { return nil }
        var numbers = [name]
        numbers.reserveCapacity(1 + 2 * key.labels.pairs.count)
        for label in key.labels.pairs {
            guard let name = self.number(of: label.name), let value = self.number(of: label.value)
            else { return nil }
            numbers.append(name)
            numbers.append(value)
        }
        return PackedKey(numbers)
    }

    /// A key as numbers.
    mutating func intern(_ key: SeriesKey) -> PackedKey {
        var numbers = [self.intern(key.name)]
        numbers.reserveCapacity(1 + 2 * key.labels.pairs.count)
        for label in key.labels.pairs {
            numbers.append(self.intern(label.name))
            numbers.append(self.intern(label.value))
        }
        return PackedKey(numbers)
    }

    /// The texts of a key.
    func key(_ packed: PackedKey) -> SeriesKey {
        var labels: [Labels.Label] = []
        labels.reserveCapacity(packed.numbers.count / 2)
        packed.forEachLabel { name, value in
            labels.append(Labels.Label(name: self[name], value: self[value]))
        }
        return SeriesKey(name: self[packed.name], labels: Labels(sorted: labels))
    }
}
