internal import OpsCore

/// The kinds of records that the plugin keeps beside the tickets.
enum RecordKinds {
    static let all: [any Record.Type] = [
        Queue.self, Calendar.self, SLA.self, Freeze.self, ChangeModel.self, Trigger.self,
        TicketTemplate.self,
    ]

    /// Members that change with every change and say nothing.
    static let marks = ["generation", "updated_at"]

    /// What the audit log keeps of them whole.
    static let declarations = all.map { type in
        let kind = type.kind
        return RecordDeclaration(
            kind.noun, wholeIn: kind.actions, marks: marks, methods: kind.methods)
    }

    /// The kind of a ref; nil for what is none of them.
    static func type(of ref: Ref) -> (any Record.Type)? {
        all.first { $0.kind.noun == ref.noun }
    }
}
