internal import CPing
internal import Glibc
internal import OpsCore

/// The socket for all echoes of one family.
///
/// A ping socket needs no rights but those that `net.ipv4.ping_group_range` gives; where it gives
/// none, a raw socket does the same for a process that may have one.
///
/// For the loop's thread only; ``Pinger`` sees to it.
final class PingSocket {
    /// What the socket has to tell.
    enum News {
        case answered(token: UInt64, from: [UInt8], hopLimit: Int?)
        case undeliverable(token: UInt64, reason: String)
    }

    /// How many packets are taken in one turn of the loop, which has others to serve.
    private static let maxPacketsATurn = 512
    /// More than a packet of the largest payload, which Ethernet carries in one piece.
    private static let bufferBytes = 65_536

    let isIPv6: Bool
    let isRaw: Bool
    private let descriptor: CInt
    private let poll: PollHandle
    private let identifier = UInt16.random(in: 0...UInt16.max)
    private let buffer = UnsafeMutableRawBufferPointer.allocate(
        byteCount: bufferBytes, alignment: 16)
    private let onNews: (News) -> Void

    /// Opens a ping socket, or a raw one where there may be none.
    init(
        isIPv6: Bool, on loop: EventLoop, _ onNews: @escaping (News) -> Void
    ) throws(PingObstacle) {
        var descriptor = opsl_ping_open(isIPv6 ? 1 : 0, 0)
        let isRaw = descriptor == -EACCES || descriptor == -EPERM
        if isRaw { descriptor = opsl_ping_open(isIPv6 ? 1 : 0, 1) }
        if isRaw, descriptor == -EACCES || descriptor == -EPERM { throw .notAllowed }
        guard descriptor >= 0 else { throw PingObstacle(errno: -descriptor) }
        do throws(LoopError) {
            poll = try PollHandle(on: loop, descriptor: descriptor)
        } catch {
            Glibc.close(descriptor)
            throw PingObstacle(reason: "\(error)")
        }
        self.isIPv6 = isIPv6
        self.isRaw = isRaw
        self.descriptor = descriptor
        self.onNews = onNews
        watch()
    }

    deinit {
        buffer.deallocate()
    }

    /// Closes the socket; nothing comes from it any more.
    func close() {
        poll.close()
        Glibc.close(descriptor)
    }

    /// Sends a request; returns 0, or the error as an errno.
    func send(_ token: UInt64, to address: IPAddress, payloadBytes: Int) -> CInt {
        let packet = EchoPacket.request(
            token: token, identifier: identifier, isIPv6: isIPv6, payloadBytes: payloadBytes)
        let status = send(packet, address)
        guard status < 0, status != -EAGAIN, status != -ENOBUFS else { return -status }
        // The kernel also reports here what became of an earlier packet to somebody else, once.
        return -send(packet, address)
    }

    private func send(_ packet: [UInt8], _ address: IPAddress) -> CInt {
        opsl_ping_send(
            descriptor, packet, packet.count, address.octets, isIPv6 ? 1 : 0, address.zone)
    }

    // MARK: - Receiving

    private func watch() {
        poll.start(readable: true, writable: false) { [unowned self] ready in
            switch ready {
            case .success: take(errors: false)
            case .failure:
                // Something waits in the queue of errors; the poll has stopped, and goes on.
                take(errors: true)
                take(errors: false)
                watch()
            }
        }
    }

    private func take(errors: Bool) {
        var packet = opsl_ping_packet()
        for _ in 0..<Self.maxPacketsATurn {
            let status = opsl_ping_receive(
                descriptor, errors ? 1 : 0, buffer.baseAddress, buffer.count, &packet)
            if status == -EAGAIN { return }
            if status == 0 { tell(packet) }
        }
    }

    private func tell(_ packet: opsl_ping_packet) {
        let bytes = Array(buffer.prefix(packet.count))[...]
        if packet.error != 0 {
            guard let token = EchoPacket.requestToken(bytes, isIPv6: isIPv6) else { return }
            return onNews(.undeliverable(token: token, reason: PingObstacle.words(packet.error)))
        }
        let message = isRaw && !isIPv6 ? EchoPacket.withoutIPv4Header(bytes) : bytes
        guard let token = EchoPacket.replyToken(message, isIPv6: isIPv6) else { return }
        let hopLimit =
            isRaw && !isIPv6 && bytes.count > 8
            ? Int(bytes[8]) : (packet.hop_limit >= 0 ? Int(packet.hop_limit) : nil)
        let source = withUnsafeBytes(of: packet.address) { Array($0.prefix(isIPv6 ? 16 : 4)) }
        onNews(.answered(token: token, from: source, hopLimit: hopLimit))
    }
}
