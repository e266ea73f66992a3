/// A power of ten by which the values of a series become whole numbers and come back bit by bit.
struct DecimalScale: Sendable, Hashable {
    /// How a value comes back from its whole number.
    enum Way: Sendable {
        /// Divided by a power of ten, as a decimal that is read from text.
        case divided
        /// Multiplied with a negative power of ten, as by a program that converts units.
        case multiplied
    }

    /// The most digits behind the point.
    static let maxDigits = 18
    /// Up to here every whole number is a `Double` of its own.
    private static let largest = 9_007_199_254_740_992.0
    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18,
    ]
    private static let inverses: [Double] = [
        1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 1e-13, 1e-14,
        1e-15, 1e-16, 1e-17, 1e-18,
    ]

    let digits: Int
    let way: Way
    private let power: Double
    private let inverse: Double

    init(digits: Int, _ way: Way) {
        self.digits = digits
        self.way = way
        self.power = Self.powers[digits]
        self.inverse = Self.inverses[digits]
    }

    /// The scale with the fewest digits that fits almost all of `values`; nil when there is none.
    init?(fitting values: [Double], _ way: Way) {
        var scale = DecimalScale(digits: 0, way)
        var misfits = 0
        for value in values where scale.number(for: value) == nil {
            if let finer = scale.finer(for: value) {
                scale = finer
            } else {
                misfits += 1
                guard misfits * 16 <= values.count else { return nil }
            }
        }
        // More digits may have made a large value of the beginning too large for its place.
        let lost = values.reduce(0) { scale.number(for: $1) == nil ? $0 + 1 : $0 }
        guard lost * 16 <= values.count else { return nil }
        self = scale
    }

    /// The whole number from which `value` comes back with every bit; nil when there is none.
    @inline(__always)
    func number(for value: Double) -> Int64? {
        let number = (value * self.power).rounded()
        guard abs(number) <= Self.largest else { return nil }
        let back = self.way == .divided ? number / self.power : number * self.inverse
        // A whole number has no -0, whose bits are not those of 0.
        guard back == value, value != 0 || value.sign == .plus else { return nil }
        return Int64(number)
    }

    /// The nearest value with these digits, when it is so near that only the last bits differ.
    func rounded(_ value: Double) -> Double {
        let number = (value * self.power).rounded()
        guard abs(number) <= Self.largest else { return value }
        let back = self.way == .divided ? number / self.power : number * self.inverse
        return abs(back - value) <= abs(value) * 1e-12 ? back : value
    }

    /// The values of whole numbers.
    func values(for numbers: [Int64]) -> [Double] {
        switch self.way {
        case .divided where self.digits == 0: numbers.map { Double($0) }
        case .divided: numbers.map { Double($0) / self.power }
        case .multiplied: numbers.map { Double($0) * self.inverse }
        }
    }

    private func finer(for value: Double) -> DecimalScale? {
        guard value.isFinite, value != 0, abs(value) <= Self.largest else { return nil }
        for digits in (self.digits + 1)..<max(self.digits + 1, Self.maxDigits + 1) {
            let scale = DecimalScale(digits: digits, self.way)
            if scale.number(for: value) != nil { return scale }
        }
        return nil
    }
}
