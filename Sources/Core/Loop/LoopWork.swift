/// One thing that waits for its turn on the loop.
enum LoopWork: Sendable {
    case job(UnownedJob)
    case body(@Sendable () -> Void)
}
