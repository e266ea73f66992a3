internal import OpsCore

extension ProbeTools {
    /// Has the certificates that a server showed looked at by a worker.
    ///
    /// Throws what went wrong with that, in words for people.
    func verdict(
        on introduction: TLSIntroduction, for request: TLSRequest, within limit: Duration
    ) async throws -> ChainVerdict {
        let (now, chains) = (time.now(), chains)
        let verdict = try await blocking(within: limit) {
            try chains.judge(
                introduction.certificates, name: request.name, caFile: request.caFile, at: now)
        }
        guard let verdict else { throw ChainObstacle.slowness }
        return verdict
    }
}

/// Why certificates could not be looked at.
enum ChainObstacle: Error, CustomStringConvertible {
    case slowness

    var description: String { "reading ca_file takes too long" }
}
