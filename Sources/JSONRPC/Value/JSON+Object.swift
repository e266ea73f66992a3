import Glibc

extension JSON {
    /// The members of a JSON object, in the order in which they came.
    ///
    /// Keys are compared by their bytes, not by Unicode equivalence, as JSON demands. Two objects
    /// with the same members in another order are equal.
    public struct Object: Sendable {
        /// One member.
        public typealias Element = (key: String, value: JSON)

        private var members: [Element] = []
        /// Where each key stands, kept only for objects that are long enough to need it: a search
        /// through some dozens of keys is faster than hashing, and a long object must not make its
        /// reader quadratic.
        private var positions: [KeyBytes: Int]?
        private static let indexedFrom = 48

        /// Makes an empty object.
        public init() {}

        /// Makes an object of these members; of equal keys the last value wins, at the first place.
        public init(_ members: [(String, JSON)]) {
            self.members.reserveCapacity(members.count)
            for (key, value) in members { set(value, for: key) }
        }
    }
}

// MARK: - Members

extension JSON.Object {
    /// The number of members.
    public var count: Int { members.count }

    /// True when there is no member.
    public var isEmpty: Bool { members.isEmpty }

    /// The keys in order.
    public var keys: [String] { members.map(\.key) }

    /// The value of a key; a new value keeps the key's place, nil removes the member.
    public subscript(key: String) -> JSON? {
        get { position(of: key).map { members[$0].value } }
        set {
            if let newValue { set(newValue, for: key) } else { remove(key) }
        }
    }

    /// Sets a value and tells whether the key had one before.
    @discardableResult
    mutating func set(_ value: JSON, for key: String) -> Bool {
        if let position = position(of: key) {
            members[position].value = value
            return true
        }
        // Growing from one member to four would move them three times.
        if members.isEmpty { members.reserveCapacity(4) }
        members.append((key, value))
        noteLastMember()
        return false
    }

    private mutating func remove(_ key: String) {
        guard let position = position(of: key) else { return }
        members.remove(at: position)
        positions = nil
        if members.count >= Self.indexedFrom { indexAll() }
    }

    private func position(of key: String) -> Int? {
        if let positions { return positions[KeyBytes(key)] }
        // By index and by length first: a member that is handed over is copied, which takes longer than
        // to compare most keys.
        let length = key.utf8.count
        return members.indices.first { index in
            members[index].key.utf8.count == length
                && KeyBytes(members[index].key) == KeyBytes(key)
        }
    }

    private mutating func noteLastMember() {
        let last = members.count - 1
        if positions != nil {
            positions?[KeyBytes(members[last].key)] = last
        } else if members.count >= Self.indexedFrom {
            indexAll()
        }
    }

    private mutating func indexAll() {
        var positions: [KeyBytes: Int] = [:]
        for (position, member) in members.enumerated() {
            positions[KeyBytes(member.key)] = position
        }
        self.positions = positions
    }
}

/// A key that is compared by its bytes; `String` would call `é` and `e` with an accent equal.
private struct KeyBytes: Hashable, Sendable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: KeyBytes, right: KeyBytes) -> Bool {
        var (left, right) = (left.text, right.text)
        // Unequal by Unicode means unequal in bytes, and that comparison is the fast one.
        guard left.utf8.count == right.utf8.count, left == right else { return false }
        return left.withUTF8 { left in
            right.withUTF8 { right in
                guard let first = left.baseAddress, let second = right.baseAddress else {
                    return true
                }
                return memcmp(first, second, left.count) == 0
            }
        }
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

// MARK: - Conformances

extension JSON.Object: Sequence {
    /// Walks the members in order.
    public func makeIterator() -> IndexingIterator<[Element]> { members.makeIterator() }

    /// The number of members, known exactly.
    public var underestimatedCount: Int { members.count }
}

extension JSON.Object: Hashable {
    /// Compares the members without regard to their order.
    public static func == (left: Self, right: Self) -> Bool {
        left.count == right.count && left.allSatisfy { right[$0.key] == $0.value }
    }

    /// Mixes in the members so that their order makes no difference.
    public func hash(into hasher: inout Hasher) {
        var mixed = 0
        for member in members {
            var own = Hasher()
            own.combine(KeyBytes(member.key))
            own.combine(member.value)
            mixed ^= own.finalize()
        }
        hasher.combine(count)
        hasher.combine(mixed)
    }
}

extension JSON.Object: ExpressibleByDictionaryLiteral {
    /// Makes an object; of equal keys the last one wins.
    public init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }
}
