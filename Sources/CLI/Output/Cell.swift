/// A piece of a table: its text, its colour, and which side it leans to.
struct Cell: Equatable {
    var text: String
    var style: Palette.Style?
    var isRight = false

    init(_ text: String, _ style: Palette.Style? = nil, isRight: Bool = false) {
        self.text = text
        self.style = style
        self.isRight = isRight
    }
}
