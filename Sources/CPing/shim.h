#pragma once
#include <errno.h>
#include <time.h>
#include <linux/errqueue.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

// Swift has neither the macros for control messages nor those of the ICMPv6 filter.

/// One packet that came in, or one of ours that came back as undeliverable.
struct opsl_ping_packet {
    /// How many bytes of it are in the buffer.
    size_t count;
    /// The address that it came from: 4 or 16 bytes; for an undeliverable one, where it was sent to.
    uint8_t address[16];
    uint8_t is_ipv6;
    /// The hops that it had left; -1 when the kernel does not say.
    int hop_limit;
    /// Why it was undeliverable, an errno; 0 for one that came in.
    int error;
};

/// Opens a socket for echoes of one family; `is_raw` for one that needs the right to raw sockets.
/// Returns the descriptor, or a negative errno.
static inline int opsl_ping_open(int is_ipv6, int is_raw) {
    int family = is_ipv6 ? AF_INET6 : AF_INET;
    int protocol = is_ipv6 ? (int)IPPROTO_ICMPV6 : (int)IPPROTO_ICMP;
    int type = (is_raw ? SOCK_RAW : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC;
    int descriptor = socket(family, type, protocol);
    if (descriptor < 0) return -errno;
    int on = 1;
    // Room for the answers of a busy turn of the loop; the kernel takes what it allows.
    int room = 4 << 20;
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    if (is_ipv6) {
        setsockopt(descriptor, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, &on, sizeof on);
        setsockopt(descriptor, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
        if (is_raw) {
            struct icmp6_filter filter;
            ICMP6_FILTER_SETBLOCKALL(&filter);
            ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
            setsockopt(descriptor, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter);
        }
    } else {
        setsockopt(descriptor, IPPROTO_IP, IP_RECVTTL, &on, sizeof on);
        setsockopt(descriptor, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
        if (is_raw) {
            // <linux/icmp.h> has ICMP_FILTER, and cannot be included with <netinet/ip_icmp.h>.
            uint32_t all_but_replies = ~(UINT32_C(1) << ICMP_ECHOREPLY);
            setsockopt(descriptor, SOL_RAW, 1, &all_but_replies, sizeof all_but_replies);
        }
    }
    return descriptor;
}

/// Sends a packet to an address of 4 or 16 bytes; returns 0, or a negative errno.
static inline int opsl_ping_send(
    int descriptor, const void *bytes, size_t count, const uint8_t *address, int is_ipv6,
    uint32_t zone) {
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_scope_id = zone};
    struct sockaddr_in four = {.sin_family = AF_INET};
    memcpy(is_ipv6 ? (void *)&six.sin6_addr : (void *)&four.sin_addr, address, is_ipv6 ? 16 : 4);
    const struct sockaddr *target =
        is_ipv6 ? (const struct sockaddr *)&six : (const struct sockaddr *)&four;
    ssize_t sent = sendto(
        descriptor, bytes, count, MSG_DONTWAIT, target, is_ipv6 ? sizeof six : sizeof four);
    return sent < 0 ? -errno : 0;
}

/// Takes the next packet, of those that came in or of those that came back; returns 0, or a
/// negative errno: -EAGAIN when there is none.
static inline int opsl_ping_receive(
    int descriptor, int wants_errors, void *buffer, size_t room, struct opsl_ping_packet *packet) {
    struct sockaddr_storage from;
    char control[512];
    struct iovec piece = {.iov_base = buffer, .iov_len = room};
    struct msghdr message = {
        .msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &piece, .msg_iovlen = 1,
        .msg_control = control, .msg_controllen = sizeof control};
    ssize_t count = recvmsg(descriptor, &message, MSG_DONTWAIT | (wants_errors ? MSG_ERRQUEUE : 0));
    if (count < 0) return -errno;
    packet->count = (size_t)count;
    packet->hop_limit = -1;
    packet->error = 0;
    packet->is_ipv6 = from.ss_family == AF_INET6;
    if (packet->is_ipv6) {
        memcpy(packet->address, &((struct sockaddr_in6 *)&from)->sin6_addr, 16);
    } else {
        memcpy(packet->address, &((struct sockaddr_in *)&from)->sin_addr, 4);
    }
    for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part != NULL;
         part = CMSG_NXTHDR(&message, part)) {
        int is_four = part->cmsg_level == IPPROTO_IP, is_six = part->cmsg_level == IPPROTO_IPV6;
        if ((is_four && part->cmsg_type == IP_TTL) || (is_six && part->cmsg_type == IPV6_HOPLIMIT)) {
            memcpy(&packet->hop_limit, CMSG_DATA(part), sizeof packet->hop_limit);
        }
        if ((is_four && part->cmsg_type == IP_RECVERR) ||
            (is_six && part->cmsg_type == IPV6_RECVERR)) {
            struct sock_extended_err trouble;
            memcpy(&trouble, CMSG_DATA(part), sizeof trouble);
            packet->error = (int)trouble.ee_errno;
        }
    }
    return 0;
}
