/// Cells of a chart, each holding the dots of one character.
struct Canvas {
    /// Fine dots, eight in a cell; otherwise one mark a cell, which tells series apart uncoloured.
    let isBraille: Bool
    let columns: Int
    let rows: Int
    private var dots: [UInt8]
    private(set) var owners: [Int?]

    static let marks: [String] = ["*", "+", "o", "x", "#", "@", "%", "="]

    init(columns: Int, rows: Int, isBraille: Bool) {
        self.columns = columns
        self.rows = rows
        self.isBraille = isBraille
        dots = Array(repeating: 0, count: columns * rows)
        owners = Array(repeating: nil, count: columns * rows)
    }

    var width: Int { isBraille ? columns * 2 : columns }
    var height: Int { isBraille ? rows * 4 : rows }

    /// A straight line between two dots; `y` counts from the top.
    mutating func line(from start: (x: Int, y: Int), to end: (x: Int, y: Int), owner: Int) {
        let steps = max(1, max(abs(end.x - start.x), abs(end.y - start.y)))
        for step in 0...steps {
            let part = Double(step) / Double(steps)
            dot(
                start.x + Int((Double(end.x - start.x) * part).rounded()),
                start.y + Int((Double(end.y - start.y) * part).rounded()), owner: owner)
        }
    }

    mutating func dot(_ x: Int, _ y: Int, owner: Int) {
        guard (0..<width).contains(x), (0..<height).contains(y) else { return }
        let cell = isBraille ? (y / 4) * columns + x / 2 : y * columns + x
        dots[cell] |= isBraille ? Self.bit(x % 2, y % 4) : 1
        owners[cell] = owner
    }

    /// The bit of a dot in a Unicode braille cell.
    private static func bit(_ x: Int, _ y: Int) -> UInt8 {
        let bits: [[UInt8]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
        return bits[x][y]
    }

    func text(column: Int, row: Int) -> String {
        let cell = row * columns + column
        guard dots[cell] != 0 else { return " " }
        guard isBraille else { return Self.marks[(owners[cell] ?? 0) % Self.marks.count] }
        return Unicode.Scalar(0x2800 + UInt32(dots[cell])).map(String.init) ?? " "
    }
}
