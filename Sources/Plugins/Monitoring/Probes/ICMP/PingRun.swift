internal import Glibc
internal import OpsCore

/// The packets of one run of a check.
///
/// `@unchecked Sendable`: everything is for the loop's thread; ``Pinger`` sees to it.
final class PingRun: @unchecked Sendable {
    /// A full buffer is tried again after that.
    private static let pause = Duration.milliseconds(2)

    let address: IPAddress
    private let plan: PingPlan
    private let timer: LoopTimer
    private var sentAt: [Duration] = []
    private var report = PingReport()
    private var pending = 0
    private var isOver = false
    /// When nothing more is sent.
    private var givesUpAt = Duration.zero
    private var continuation: CheckedContinuation<PingReport, Never>?

    init(_ address: IPAddress, _ plan: PingPlan, on loop: EventLoop) {
        self.address = address
        self.plan = plan
        timer = LoopTimer(on: loop)
    }

    /// Takes the one who waits, and begins; one that was cancelled meanwhile has ended already.
    func begin(_ continuation: CheckedContinuation<PingReport, Never>, by pinger: Pinger) {
        if isOver { return continuation.resume(returning: report) }
        self.continuation = continuation
        givesUpAt = pinger.time.uptime() + plan.limit
        sendNext(by: pinger)
    }

    private func sendNext(by pinger: Pinger) {
        guard !isOver else { return }
        let index = report.packets.count
        do throws(PingObstacle) {
            let error = try pinger.send(self, index, payloadBytes: plan.payloadBytes)
            if error == EAGAIN || error == ENOBUFS {
                guard pinger.time.uptime() < givesUpAt else { return giveUp(error, by: pinger) }
                return timer.start(after: Self.pause) { self.sendNext(by: pinger) }
            }
            sentAt.append(pinger.time.uptime())
            report.packets.append(
                error == 0 ? .lost : .undeliverable(reason: PingObstacle.words(error)))
            if error == 0 { pending += 1 }
        } catch {
            report.obstacle = error.reason
            return end(by: pinger)
        }
        if report.packets.count < plan.count {
            timer.start(after: plan.interval) { self.sendNext(by: pinger) }
        } else if !endIfComplete(by: pinger) {
            timer.start(after: plan.patience) { self.end(by: pinger) }
        }
    }

    /// A queue that stays full is that of a link which does not send.
    private func giveUp(_ error: CInt, by pinger: Pinger) {
        let unsent = PingReport.Fate.undeliverable(reason: PingObstacle.words(error))
        let rest = plan.count - report.packets.count
        report.packets += Array(repeating: unsent, count: rest)
        end(by: pinger)
    }

    /// Takes what became of a packet.
    func take(_ index: Int, hopLimit: Int?, by pinger: Pinger) {
        let seconds = (pinger.time.uptime() - sentAt[index]) / .seconds(1)
        settle(index, .answered(seconds: seconds, hopLimit: hopLimit), by: pinger)
    }

    /// Takes that a packet was not delivered.
    func fail(_ index: Int, reason: String, by pinger: Pinger) {
        settle(index, .undeliverable(reason: reason), by: pinger)
    }

    private func settle(_ index: Int, _ fate: PingReport.Fate, by pinger: Pinger) {
        report.packets[index] = fate
        pending -= 1
        endIfComplete(by: pinger)
    }

    /// Ends the run before its time because nobody wants it any more.
    func cancel(by pinger: Pinger) {
        report.isCancelled = true
        end(by: pinger)
    }

    @discardableResult
    private func endIfComplete(by pinger: Pinger) -> Bool {
        guard pending == 0, report.packets.count == plan.count else { return false }
        end(by: pinger)
        return true
    }

    private func end(by pinger: Pinger) {
        guard !isOver else { return }
        isOver = true
        timer.cancel()
        pinger.forget(self)
        continuation?.resume(returning: report)
        continuation = nil
    }
}
