import Testing

/// Rules for the sources that neither the compiler nor the formatter knows.
@Suite struct SourceTidyTests {
    let repository: Repository

    init() throws { repository = try Repository.shared.get() }

    @Test func `no test sleeps`() {
        let calls = ["Task.sleep", "Thread.sleep", " sleep(", "usleep(", "nanosleep("]
        let sleeping = repository.files("Tests/", ".swift")
            .filter { !$0.path.hasPrefix("Tests/Tidy/") }
            .flatMap { $0.places(of: calls) }
        #expect(
            sleeping.isEmpty,
            "wait for the fact instead: a continuation, a pipe, or a clock that the test moves")
    }

    @Test func `every unchecked Sendable says what guards it`() {
        let unguarded = repository.files("", ".swift")
            .filter { !$0.path.hasPrefix("Tests/Tidy/") }
            .flatMap(\.unguardedSendables)
        #expect(unguarded.isEmpty, "add a comment: `@unchecked Sendable`: what guards it")
    }

    @Test func `no function has more than 60 lines`() {
        let long = repository.files("", ".swift").flatMap(\.functions)
            .filter { $0.lineCount > 60 }
            .map { "\($0.place): \($0.lineCount) lines" }
        #expect(long.isEmpty, "cut it where its second subject begins")
    }

    @Test func `functions are measured from their first line to their last`() {
        let sample = """
            struct Sample {
                func short() -> Int { 1 }
                func three() {
                    call()
                }
                func six(
                    of: Int
                ) -> Int
                where Self: Sendable {
                    of
                }
            }
            """
        let file = TextFile(
            path: "Sample.swift", lines: sample.split(separator: "\n").map(String.init))
        #expect(file.functions.map(\.lineCount) == [3, 6])
    }

    @Test func `nothing is left to do`() {
        // Put together here, so that this file does not find itself.
        let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X:"]
        let left = repository.files.filter { !$0.path.hasSuffix("LICENSE") }
            .flatMap { $0.places(of: marks) }
        #expect(left.isEmpty, "do it, or open an issue")
    }

    @Test func `a bundled plugin is named in the package and in the bundle, and nowhere else`() {
        let plugins = Set(
            repository.files("Sources/Plugins/", ".swift").compactMap {
                $0.path.split(separator: "/").dropFirst(2).first.map { "Ops\($0)" }
            })
        #expect(!plugins.isEmpty)
        let named = (repository.files("Sources/", "") + repository.files("scripts/", ""))
            .filter { $0.path != "Sources/Bundle/BundledPlugins.swift" }
            .flatMap { $0.places(of: plugins.sorted()) }
        #expect(named.isEmpty, "derive it from the folders of Sources/Plugins")
    }

    @Test func `no file knows the machine that it was written on`() {
        let places = ["work", "opt/swift", "tmp/w", "root"].map { "/" + $0 + "/" }
        let found = repository.files.flatMap { $0.places(of: places) }
        #expect(found.isEmpty, "use a path from the root of the repository")
    }
}
