internal import CCurl

/// One request on its way.
///
/// `@unchecked Sendable`: every member but `request` and `timeout` is for the loop's thread;
/// ``HTTPClient`` sees to it.
final class HTTPTransfer: @unchecked Sendable {
    /// How far it is; it goes forward only, and `over` may come at any time.
    enum Progress {
        case waiting
        case running(EasyHandle)
        case over
    }

    let request: HTTPRequest
    let timeout: Duration
    var progress = Progress.waiting
    private var continuation: CheckedContinuation<HTTPExchange, Never>?
    private var exchange = HTTPExchange()

    init(_ request: HTTPRequest, timeout: Duration) {
        self.request = request
        self.timeout = timeout
    }

    /// Takes the one who waits; one who comes after the end is told at once.
    func wait(_ continuation: CheckedContinuation<HTTPExchange, Never>) {
        if case .over = progress {
            continuation.resume(returning: exchange)
        } else {
            self.continuation = continuation
        }
    }

    /// Takes a piece of the body and returns how much of it was taken; less than all ends the
    /// transfer.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
        let room = request.maxBodyBytes - exchange.size
        let taken = bytes.prefix(room)
        if request.keepsBody { exchange.body.append(contentsOf: taken) }
        exchange.size += taken.count
        exchange.isCut = taken.count < bytes.count
        return taken.count
    }

    /// Reads what became of the transfer and tells the one who waits.
    func finish(_ code: CURLcode, _ easy: EasyHandle) {
        exchange.status = easy.status
        exchange.timings = easy.timings
        exchange.redirects = easy.redirects
        exchange.isEncrypted = easy.isEncrypted
        exchange.certificateEnd = easy.certificateEnd
        if request.keepsHeaders { exchange.headers = easy.answerHeaders }
        // We ended it ourselves: there is as much of the body as anybody wants.
        let isComplete = code == CURLE_OK || (code == CURLE_WRITE_ERROR && exchange.isCut)
        if !isComplete { exchange.failure = HTTPFailure(easy.evidence(code, size: exchange.size)) }
        end()
    }

    /// Ends the transfer without an answer.
    func fail(_ failure: HTTPFailure) {
        exchange.failure = failure
        end()
    }

    private func end() {
        progress = .over
        continuation?.resume(returning: exchange)
        continuation = nil
    }
}
