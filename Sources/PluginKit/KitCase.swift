/// One thing that a plugin has to be able to do.
struct KitCase: Sendable {
    /// What a case found, when it found nothing wrong.
    enum Verdict {
        /// It is as it should be; sometimes there is something to say about it.
        case passed(String? = nil)
        /// There is nothing to try.
        case skipped(String)
    }

    /// The name, which goes on from "the plugin …".
    let name: String
    let run: @Sendable (Workbench) throws(KitError) -> Verdict

    init(_ name: String, _ run: @escaping @Sendable (Workbench) throws(KitError) -> Verdict) {
        self.name = name
        self.run = run
    }

    static var all: [KitCase] { description + life + calls + framing + events + endings }
}
