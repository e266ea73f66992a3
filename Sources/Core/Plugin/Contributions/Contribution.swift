public import OpsJSONRPC

/// What one plugin has to say about a record, to stand on a page about it.
public struct Contribution: Codable, Sendable, Equatable {
    /// One thing that is said.
    public struct Line: Codable, Sendable, Equatable {
        /// What people read.
        public var text: String
        /// The record that it comes from.
        public var ref: Ref?
        /// What programs read.
        public var data: JSON.Object

        /// Makes a line.
        public init(_ text: String, ref: Ref? = nil, data: JSON.Object = [:]) {
            self.text = text
            self.ref = ref
            self.data = data
        }
    }

    /// Who says it; the host sees to that.
    public var plugin = ""
    /// The record that it is about.
    public var subject: Ref
    /// Which part of a page it is, by the word that the manifest declares.
    public var section: String
    /// One line that says all of it in short.
    public var title: String
    /// What there is to say, the most important first.
    public var lines: [Line]
    /// How many lines more there are.
    public var more: Int

    /// Makes a contribution.
    public init(
        to subject: Ref, _ section: String, title: String, lines: [Line] = [], more: Int = 0
    ) {
        self.subject = subject
        self.section = section
        self.title = title
        self.lines = lines
        self.more = more
    }
}

/// What the plugins say about some records, and what is missing.
public struct Contributions: Codable, Sendable, Equatable {
    /// Parts of a page that are not there, and why.
    public struct Gap: Codable, Sendable, Equatable {
        /// Why a plugin says nothing.
        public enum Reason: String, Codable, CaseIterable, Sendable {
            /// `plugins.json` does not switch it on.
            case disabled
            /// It did not start, has ended or was stopped.
            case notRunning = "not_running"
            /// The caller may not see it.
            case forbidden
            /// It was asked and failed.
            case failed
            /// It did not answer in time.
            case late
        }

        /// The plugin.
        public var plugin: String
        /// What it would have contributed.
        public var sections: [String]
        /// Why it has not.
        public var reason: Reason
        /// Why, in words.
        public var message: String

        /// Makes a gap.
        public init(plugin: String, sections: [String], reason: Reason, message: String) {
            self.plugin = plugin
            self.sections = sections
            self.reason = reason
            self.message = message
        }
    }

    /// What is said, by the plugins' names, each in its own order.
    public var items: [Contribution]
    /// What is missing, by the plugins' names.
    public var missing: [Gap]
}

/// What a plugin is asked when somebody looks at records.
public struct ContributionQuestion: Sendable {
    /// The records, all of nouns that the plugin has declared.
    public let subjects: [Ref]
    /// The sections that the caller may see.
    public let sections: Set<String>

    /// Makes a question.
    public init(subjects: [Ref], sections: Set<String>) {
        self.subjects = subjects
        self.sections = sections
    }
}
