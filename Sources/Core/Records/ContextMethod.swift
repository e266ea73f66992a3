internal import OpsJSONRPC

struct ShowContext: Method {
    static let name = "record.context"
    static let summary = "Shows what every plugin has to say about records."
    static let effect = Effect.read
    static let columns = ["plugin", "subject", "section", "title"]
    @Param("The records.", .positional, .few) var refs: [Ref]
    typealias Result = Contributions
}

extension ParamRule where Value == [Ref] {
    /// As many records as one page is about.
    fileprivate static var few: Self {
        Self(
            describe: { traits in
                traits.schema["minItems"] = 1
                traits.schema["maxItems"] = 100
            },
            complaint: { 1...100 ~= $0.count ? nil : "must be 1 to 100 refs" })
    }
}
