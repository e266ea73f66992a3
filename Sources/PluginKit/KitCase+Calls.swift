internal import OpsJSONRPC

extension KitCase {
    /// The methods that the manifest declares.
    static let calls = [
        KitCase("answers every method") { bench throws(KitError) in
            let (run, manifest) = try bench.started()
            for method in manifest.harmlessMethods {
                let params = method.sampleParams.withMeta(isDryRun: !method.isRead)
                try checkAnswer(try run.call(method.methodName, params), of: method)
            }
            return .passed()
        },
        KitCase("survives bad parameters and names the field") { bench throws(KitError) in
            let (run, manifest) = try bench.started()
            var lenient: [String] = []
            for method in manifest.harmlessMethods {
                guard let bad = SampleValue.misfit(method["params"] ?? [:]) else { continue }
                let params = SampleValue.changed(method.sampleParams, bad.name, bad.value)
                    .withMeta(isDryRun: true)
                guard case .failure(let error) = try run.call(method.methodName, params) else {
                    lenient.append(method.methodName)
                    continue
                }
                try checkRefusal(error, of: method, naming: bad.name)
            }
            let names = lenient.joined(separator: ", ")
            return .passed(lenient.isEmpty ? nil : "\(names): left to OpsLoop, which checks first")
        },
        KitCase("refuses a method that it does not have") { bench throws(KitError) in
            let (run, manifest) = try bench.started()
            let name = "\(manifest["name"]?.string ?? "").no_such_method"
            guard case .failure(let error) = try run.call(name, [:]), error.code == -32601 else {
                throw KitError("\(name) is not answered with the error -32601")
            }
            return .passed()
        },
        KitCase("does what its examples say") { bench throws(KitError) in
            let (run, manifest) = try bench.started()
            var count = 0
            for method in manifest.methods {
                for example in method["examples"]?.array ?? [] {
                    count += 1
                    try check(example, of: method, run)
                }
            }
            return count == 0 ? .skipped("its manifest has none") : .passed()
        },
        KitCase("changes nothing on a dry run") { bench throws(KitError) in
            let (run, manifest) = try bench.started()
            let writing = manifest.methods.filter { !$0.isRead }
            guard !writing.isEmpty else { return .skipped("it has only methods that read") }
            guard manifest.has("dry_run") else {
                return .skipped("it has no dry_run, so OpsLoop refuses to rehearse it")
            }
            let before = run.host.changes
            for method in writing {
                _ = try run.call(method.methodName, method.sampleParams.withMeta(isDryRun: true))
                guard run.host.changes == before else {
                    throw KitError(
                        "\(method.methodName) writes to the store or emits an event on a dry run")
                }
            }
            return .passed()
        },
        KitCase("answers 64 calls at once, each one once") { bench throws(KitError) in
            let (run, manifest) = try bench.started()
            run.isNoting = false
            let name =
                manifest.methods.first(where: \.isRead)?.methodName ?? "plugin.describe"
            let params = manifest.methods.first(where: \.isRead)?.sampleParams ?? ["protocol": [1]]
            let calls = try (1...64).map { _ throws(KitError) in
                try run.begin(name, params.withMeta())
            }
            for call in calls { _ = try run.answer(to: call) }
            return .passed()
        },
        KitCase("answers a cancelled call exactly once") { bench throws(KitError) in
            let (run, manifest) = try bench.started()
            run.isNoting = false
            for method in manifest.harmlessMethods.prefix(5) {
                let params = method.sampleParams.withMeta(isDryRun: !method.isRead)
                let call = try run.begin(method.methodName, params)
                try run.notify("$/cancelRequest", ["id": .number(JSON.Number(call.number))])
                _ = try run.answer(to: call)
            }
            // A second answer would come before this one.
            _ = try bench.describe(run)
            return .passed()
        },
        KitCase("ignores the cancelling of what is over") { bench throws(KitError) in
            let (run, _) = try bench.started()
            try run.notify("$/cancelRequest", ["id": 1])
            try run.notify("$/cancelRequest", ["id": 999_999])
            try run.notify("$/later", ["x": 1])
            _ = try bench.describe(run)
            return .passed()
        },
    ]

    /// An answer is a result of the declared type, or an error that was meant.
    private static func checkAnswer(
        _ answer: Result<JSON, RPCError>, of method: JSON
    ) throws(KitError) {
        let name = method.methodName
        switch answer {
        case .success(let result):
            if let missing = missingMember(of: result, in: method["result"] ?? [:]) {
                throw KitError(
                    "the result of \(name) has no \(missing): \(result.text.prefix(200))")
            }
        case .failure(let error):
            if error.code == -32601 { throw KitError("\(name) is declared and not answered") }
            if error.code == -32603 { throw KitError("\(name) fails inside: \(error.message)") }
        }
    }

    private static func missingMember(of result: JSON, in schema: JSON) -> String? {
        if schema["type"] == "object", result.object == nil { return "members" }
        if schema["type"] == "array", result.array == nil { return "elements" }
        let required = (schema["required"]?.array ?? []).compactMap(\.string)
        return required.first { result[$0] == nil }
    }

    private static func checkRefusal(
        _ error: RPCError, of method: JSON, naming field: String
    ) throws(KitError) {
        let isNamed =
            error.fields.contains { $0.path.hasPrefix(field) } || error.message.contains(field)
        guard error.code == -32602, isNamed else {
            throw KitError(
                "\(method.methodName) with a bad \(field) answers \(error) instead of -32602")
        }
    }

    private static func check(
        _ example: JSON, of method: JSON, _ run: Conversation
    ) throws(KitError) {
        let name = "\(method.methodName), example \(example["name"]?.string ?? ""):"
        switch try run.call(method.methodName, (example["params"] ?? [:]).withMeta()) {
        case .failure(let error): throw KitError("\(name) \(error)")
        case .success(let result):
            guard let expected = example["result"], !SampleValue.same(expected, result) else {
                return
            }
            throw KitError("\(name) the result is \(result.text), not \(expected.text)")
        }
    }
}

extension RequestID {
    /// The number of an id that the kit has made.
    var number: Int { Int(text) ?? 0 }
}
