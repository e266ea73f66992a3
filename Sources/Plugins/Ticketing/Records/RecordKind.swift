/// The words of a kind of ``Record``.
struct RecordKind: Sendable {
    /// By what lists go, and where their next page begins.
    enum Order: Sendable {
        case name
        /// By a column of whole numbers above zero.
        case number(String)
    }

    /// What its refs begin with.
    let noun: String
    /// What one is called in a sentence, and the article before it.
    let title, article: String
    /// What its methods and events begin with.
    let methods: String
    /// How events call the ref.
    let member: String
    let order: Order

    init(
        _ noun: String, called title: String, article: String = "a", methods: String? = nil,
        member: String? = nil, order: Order = .name
    ) {
        self.noun = noun
        self.title = title
        self.article = article
        self.methods = methods ?? noun
        self.member = member ?? noun
        self.order = order
    }

    var table: String { "ticketing_\(noun)" }

    /// The actions whose audit entries hold one whole.
    var actions: [String] { ["created", "updated", "deleted"].map { "\(methods).\($0)" } }
}
