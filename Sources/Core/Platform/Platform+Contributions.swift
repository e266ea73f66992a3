internal import Synchronization

extension Platform {
    /// Asks the plugins what they have to say about some records, as the host of a plugin that is
    /// served as a program does.
    package func contributions(
        to subjects: [Ref], sections: Set<String>, as principal: Principal
    ) async -> Contributions {
        let number = dispatcher.lastRequest.add(1, ordering: .relaxed).newValue
        let call = Call(
            method: "plugin.contribute", identity: Identity(principal), number: number)
        var found = await contributors.ask(about: subjects, for: call)
        found.items.removeAll { !sections.contains($0.section) }
        return found
    }
}
