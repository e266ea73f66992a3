internal import OpsJSONRPC

extension KitCase {
    /// How a plugin ends.
    static let endings = [
        KitCase("ends within 5 s when its input ends") { bench throws(KitError) in
            let (run, _) = try bench.started()
            run.endpoint.endInput()
            try run.untilEnd(withinMs: 5000)
            return .passed()
        },
        KitCase("ends within 5 s when its input ends before anything was asked") {
            bench throws(KitError) in
            let run = try bench.fresh()
            run.endpoint.endInput()
            try run.untilEnd(withinMs: 5000)
            return .passed()
        },
        KitCase("ends within 5 s on SIGTERM") { bench throws(KitError) in
            let (run, _) = try bench.started()
            guard run.endpoint.isProcess else { return .skipped("it is no process") }
            run.endpoint.terminate()
            try run.untilEnd(withinMs: 5000)
            return .passed()
        },
    ]
}
