/// What a plugin says about itself before anything of it runs.
public struct Manifest: Sendable {
    /// The plugin's name: lower case, the folder's name in `Sources/Plugins`.
    public let name: String
    /// The version of the plugin.
    public let version: String
    /// One sentence that says what it is for.
    public let summary: String
    /// The plugins that must be running before this one starts.
    public let requires: [String]
    /// The methods that it answers.
    public let methods: [MethodDeclaration]
    /// The events that it announces.
    public let events: [EventDeclaration]
    /// The methods of others that it wants to call; these matter where `plugins.json` grants.
    public let calls: [String]
    /// The topics that it wants to listen to.
    public let subscribes: [String]
    /// The topics that it wants to announce, beyond those of `events`.
    public let emits: [String]
    /// The hooks that it wants to take part in.
    public let hooks: [HookDeclaration]
    /// What it adds to pages about records.
    public let contributions: [ContributionDeclaration]
    /// The records whose past can be shown and brought back.
    public let records: [RecordDeclaration]
    /// The HTTP paths that it wants to answer.
    public let routes: [RouteDeclaration]
    /// The steps that bring its tables up to date, oldest first; only ever appended to.
    public let migrations: [Migration]

    /// Makes a manifest.
    public init(
        name: String, version: String, summary: String, requires: [String] = [],
        methods: [MethodDeclaration] = [], events: [EventDeclaration] = [],
        calls: [String] = [], subscribes: [String] = [], emits: [String] = [],
        hooks: [HookDeclaration] = [], contributions: [ContributionDeclaration] = [],
        records: [RecordDeclaration] = [],
        routes: [RouteDeclaration] = [],
        migrations: [Migration] = []
    ) {
        self.name = name
        self.version = version
        self.summary = summary
        self.requires = requires
        self.methods = methods
        self.events = events
        self.calls = calls
        self.subscribes = subscribes
        self.emits = emits
        self.hooks = hooks
        self.contributions = contributions
        self.records = records
        self.routes = routes
        self.migrations = migrations
    }
}

/// An event that a plugin announces: a fact, in the past tense.
public struct EventDeclaration: Sendable {
    /// The topic, such as `check.state_changed`.
    public let topic: String
    /// One sentence that says when it is announced and what it carries.
    public let summary: String

    /// Declares an event.
    public init(_ topic: String, _ summary: String) {
        self.topic = topic
        self.summary = summary
    }
}

/// Records of a plugin whose past stands whole in the audit log.
public struct RecordDeclaration: Sendable {
    /// The noun of their refs.
    public let noun: String
    /// The actions whose audit entries hold the whole record before and after, without its secrets.
    public let actions: [String]

    /// The actions whose audit entries hold a part of it that is kept apart, such as relations.
    public let partActions: [String]
    /// The methods that change such parts: who takes a change of them back needs the right to all.
    public let partMethods: [String]

    /// The actions whose audit entries only say what followed from others.
    public let consequences: [String]

    /// Actions that another method takes back, by their names; `record.revert` refuses them with it.
    public let undoneBy: [String: String]

    /// Actions that stay when all else of their call is taken back, such as what was said to somebody;
    /// by themselves they are not taken back.
    public let lasting: [String]

    /// The methods that do what actions say, where that is not the noun's update: who takes such a
    /// change back needs the right to them.
    private let doneBy: [String: String]

    /// Members that change with every change and say nothing; they are never brought back.
    public let marks: [String]

    /// What the names of its methods begin with.
    public let methods: String

    /// The method whose rights it takes to take a record away again.
    public let deletion: String

    /// Declares which entries hold whole records of the noun, and which hold parts of them.
    ///
    /// - Parameters:
    ///   - partMethods: The methods that change such parts; the noun's update, unless said otherwise.
    ///   - doneBy: The methods that do what actions say; the noun's update, unless said otherwise.
    ///   - methods: The noun, unless said otherwise.
    ///   - deletion: `noun.delete`, unless said otherwise.
    public init(
        _ noun: String, wholeIn actions: [String], partsIn partActions: [String] = [],
        partsBy partMethods: [String] = [],
        doneBy: [String: String] = [:], consequences: [String] = [], lasting: [String] = [],
        undoneBy: [String: String] = [:], marks: [String] = [],
        methods: String? = nil, deletion: String? = nil
    ) {
        self.noun = noun
        self.actions = actions
        self.partActions = partActions
        self.doneBy = doneBy
        self.consequences = consequences
        self.lasting = lasting
        self.undoneBy = undoneBy
        self.marks = marks
        self.methods = methods ?? noun
        self.deletion = deletion ?? "\(methods ?? noun).delete"
        self.partMethods =
            partMethods.isEmpty ? ["\(methods ?? noun).update"] : partMethods
    }

    /// The method whose rights it takes to take a change of a record back that stays there.
    func method(_ action: String) -> String { doneBy[action] ?? "\(methods).update" }
}
