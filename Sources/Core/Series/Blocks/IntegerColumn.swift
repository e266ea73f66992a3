/// Writes numbers so that what follows a pattern becomes mostly zero bytes, for zstd to squeeze.
///
/// Stored are the first number, the greatest common divisor of the steps between neighbours, and
/// for every further number what a simple guess leaves over: the distance to the first number, to
/// the one before, or from one step to the next, whichever is smallest in sum. These remainders
/// stand byte by byte: all lowest bytes first, then all second ones, and so on, only as many as the
/// largest needs. All arithmetic wraps, so any 64 bits come back.
enum IntegerColumn {
    /// What is guessed of a number.
    enum Guess: UInt8 {
        case first = 0
        case previous = 1
        case sameStep = 2
    }

    private static let hasDivisor: UInt8 = 4
    private static let widthShift: UInt8 = 4

    /// Appends a column of at least one number to `output`.
    static func encode(_ numbers: [Int64], to output: inout [UInt8]) {
        var steps = self.steps(of: numbers)
        let divisor = self.divisor(of: steps)
        if divisor > 1 { for index in steps.indices { steps[index] /= divisor } }
        let guess = self.cheapest(steps)
        let secondStep = guess == .sameStep ? steps.first ?? 0 : 0
        self.replace(&steps, by: guess)
        let rests = steps.map { UInt64(bitPattern: ($0 << 1) ^ ($0 >> 63)) }
        let width = (71 - rests.reduce(0, |).leadingZeroBitCount) / 8
        output.append(
            guess.rawValue | (divisor > 1 ? self.hasDivisor : 0) | UInt8(width) << self.widthShift)
        output.appendVariable(signed: numbers[0])
        if divisor > 1 { output.appendVariable(UInt64(divisor)) }
        if guess == .sameStep { output.appendVariable(signed: secondStep) }
        for shift in 0..<width {
            output.append(
                contentsOf: rests.lazy.map { UInt8(truncatingIfNeeded: $0 >> UInt64(shift * 8)) })
        }
    }

    /// Reads a column of `count` numbers.
    static func decode(
        _ input: inout VariableReader, count: Int
    ) throws(ChunkError) -> [Int64] {
        let head = try input.readByte()
        guard let guess = Guess(rawValue: head & 3) else { throw .badNumber }
        let width = Int(head >> self.widthShift)
        guard width <= 8, count > 0 else { throw .badNumber }
        let first = try input.readSigned()
        let divisor = head & self.hasDivisor == 0 ? 1 : Int64(truncatingIfNeeded: try input.read())
        let step = guess == .sameStep ? try input.readSigned() : 0
        let planes = try input.readBytes((count - 1) * width)
        return [Int64](unsafeUninitializedCapacity: count) { numbers, initialized in
            self.join(planes, width, into: numbers, count)
            self.add(first, step, divisor, guess, to: numbers, count)
            initialized = count
        }
    }

    // MARK: - Encoding

    private static func steps(of numbers: [Int64]) -> [Int64] {
        guard numbers.count > 1 else { return [] }
        return [Int64](unsafeUninitializedCapacity: numbers.count - 1) { steps, count in
            for index in 1..<numbers.count {
                steps[index - 1] = numbers[index] &- numbers[index - 1]
            }
            count = numbers.count - 1
        }
    }

    /// The greatest common divisor of the steps; 1 when there is none that helps.
    private static func divisor(of steps: [Int64]) -> Int64 {
        var divisor: UInt64 = 0
        for step in steps where step != 0 {
            var rest = step.magnitude
            while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
            if divisor == 1 { return 1 }
        }
        return Int64(exactly: max(divisor, 1)) ?? 1
    }

    private static func cheapest(_ steps: [Int64]) -> Guess {
        var costs = (first: 0, previous: 0, sameStep: 0)
        var (distance, last): (Int64, Int64) = (0, steps.first ?? 0)
        for step in steps {
            distance &+= step
            costs.first += self.bits(distance)
            costs.previous += self.bits(step)
            costs.sameStep += self.bits(step &- last)
            last = step
        }
        let least = min(costs.first, costs.previous, costs.sameStep)
        return least == costs.previous ? .previous : least == costs.first ? .first : .sameStep
    }

    private static func bits(_ number: Int64) -> Int {
        64 - (number ^ (number >> 63)).leadingZeroBitCount
    }

    private static func replace(_ steps: inout [Int64], by guess: Guess) {
        switch guess {
        case .previous: return
        case .first:
            var distance: Int64 = 0
            for index in steps.indices {
                distance &+= steps[index]
                steps[index] = distance
            }
        case .sameStep:
            var last = steps.first ?? 0
            for index in steps.indices {
                (steps[index], last) = (steps[index] &- last, steps[index])
            }
        }
    }

    // MARK: - Decoding

    /// Puts the bytes of each remainder together, behind the place of the first number.
    private static func join(
        _ planes: UnsafeRawBufferPointer, _ width: Int,
        into numbers: UnsafeMutableBufferPointer<Int64>, _ count: Int
    ) {
        for index in 0..<count { numbers[index] = 0 }
        let rests = count - 1
        for plane in 0..<width {
            let bytes = UnsafeRawBufferPointer(
                rebasing: planes[(plane * rests)..<((plane + 1) * rests)])
            let shift = Int64(plane * 8)
            for index in 0..<rests { numbers[index + 1] |= Int64(bytes[index]) &<< shift }
        }
    }

    private static func add(
        _ first: Int64, _ step: Int64, _ divisor: Int64, _ guess: Guess,
        to numbers: UnsafeMutableBufferPointer<Int64>, _ count: Int
    ) {
        numbers[0] = first
        var (number, step) = (first, step)
        for index in 1..<max(count, 1) {
            let rest = numbers[index]
            let signed = Int64(bitPattern: UInt64(bitPattern: rest) >> 1) ^ -(rest & 1)
            switch guess {
            case .first: number = first &+ signed &* divisor
            case .previous: number = number &+ signed &* divisor
            case .sameStep:
                step = step &+ signed
                number = number &+ step &* divisor
            }
            numbers[index] = number
        }
    }
}
