#define _GNU_SOURCE
#include "OpsBenchFloor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { IN_BYTES = 1 << 16, MAX_EVENTS = 256, PATIENCE_MS = 10000 };

/* Latencies in steps of a microsecond; what takes longer than the last counts as that. */
enum { SLOTS = 200000 };

typedef struct {
  int fd;
  int is_open; /* a WebSocket's handshake is over */
  char *in;
  size_t in_count;
  char *out;
  size_t out_count, out_sent;
  uint64_t *issued;
  int oldest;
} peer;

typedef struct {
  const ops_web_plan *plan;
  peer *peers;
  int epoll;
  uint64_t next_id, replies, errors;
  uint64_t histogram[SLOTS];
} press;

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static double percentile_us(const press *p, double share) {
  uint64_t rank = (uint64_t)((double)p->replies * share), seen = 0;
  for (int slot = 0; slot < SLOTS; slot++) {
    seen += p->histogram[slot];
    if (seen > rank) return slot;
  }
  return SLOTS;
}

/* MARK: requests */

static size_t room(const ops_web_plan *plan) { return strlen(plan->token) + 512; }

/* The running number has six digits, so that every request and every answer is as long. */
static int write_call(press *p, char *out) {
  return sprintf(out, "{\"jsonrpc\":\"2.0\",\"id\":%llu,\"method\":\"system.ping\"}",
                 (unsigned long long)(100000 + p->next_id++ % 900000));
}

static void issue_http(press *p, peer *c) {
  char body[128];
  int count = write_call(p, body);
  c->out_count += (size_t)sprintf(
      c->out + c->out_count,
      "POST /rpc HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
      "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
      p->plan->token, count, body);
}

static void issue_frame(press *p, peer *c) {
  static const unsigned char mask[4] = {0x12, 0x34, 0x56, 0x78};
  char body[128];
  int count = write_call(p, body);
  char *out = c->out + c->out_count;
  out[0] = (char)0x81;
  out[1] = (char)(0x80 | count);
  memcpy(out + 2, mask, 4);
  for (int i = 0; i < count; i++) out[6 + i] = (char)(body[i] ^ mask[i & 3]);
  c->out_count += 6 + (size_t)count;
}

static void issue(press *p, peer *c, int slot, uint64_t now) {
  if (p->plan->is_websocket) issue_frame(p, c);
  else issue_http(p, c);
  c->issued[slot] = now;
}

static int flush(peer *c) {
  while (c->out_sent < c->out_count) {
    ssize_t n = send(c->fd, c->out + c->out_sent, c->out_count - c->out_sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    /* So little is in flight that the kernel always takes it. */
    if (n < 0) return errno;
    c->out_sent += (size_t)n;
  }
  c->out_sent = c->out_count = 0;
  return 0;
}

/* MARK: answers */

/* How many bytes the first answer has; 0 when it is not whole. */
static size_t http_answer(const char *in, size_t count, int *is_good) {
  const char *end = memmem(in, count, "\r\n\r\n", 4);
  if (!end) return 0;
  const char *length = memmem(in, (size_t)(end - in), "Content-Length:", 15);
  size_t body = length ? strtoul(length + 15, NULL, 10) : 0;
  size_t whole = (size_t)(end - in) + 4 + body;
  if (count < whole) return 0;
  *is_good = !memcmp(in, "HTTP/1.1 200", 12) && !memmem(end, body, "\"error\":", 8);
  return whole;
}

static size_t frame_answer(const char *in, size_t count, int *is_good) {
  if (count < 2) return 0;
  size_t whole = 2 + ((size_t)in[1] & 0x7f);
  if (count < whole) return 0;
  *is_good = (unsigned char)in[0] == 0x81 && !memmem(in, whole, "\"error\":", 8);
  return whole;
}

static size_t next_answer(const press *p, const char *in, size_t count, int *is_good) {
  return p->plan->is_websocket ? frame_answer(in, count, is_good) : http_answer(in, count, is_good);
}

static void take_answers(press *p, peer *c, uint64_t now) {
  size_t taken = 0, whole;
  int is_good = 0;
  while ((whole = next_answer(p, c->in + taken, c->in_count - taken, &is_good))) {
    uint64_t us = (now - c->issued[c->oldest]) / 1000;
    p->replies++;
    p->errors += !is_good;
    p->histogram[us < SLOTS ? us : SLOTS - 1]++;
    issue(p, c, c->oldest, now);
    c->oldest = (c->oldest + 1) % p->plan->in_flight;
    taken += whole;
  }
  c->in_count -= taken;
  memmove(c->in, c->in + taken, c->in_count);
}

static int begin(press *p, peer *c) {
  for (int slot = 0; slot < p->plan->in_flight; slot++) issue(p, c, slot, now_ns());
  return flush(c);
}

static int finish_handshake(press *p, peer *c) {
  char *end = memmem(c->in, c->in_count, "\r\n\r\n", 4);
  if (!end) return 0;
  if (memcmp(c->in, "HTTP/1.1 101", 12)) return EPROTO;
  c->is_open = 1;
  c->in_count = 0;
  return begin(p, c);
}

static int receive(press *p, peer *c) {
  if (c->in_count == IN_BYTES) return EMSGSIZE;
  ssize_t n = recv(c->fd, c->in + c->in_count, IN_BYTES - c->in_count, 0);
  if (n == 0) return ECONNRESET;
  if (n < 0) return errno == EAGAIN || errno == EINTR ? 0 : errno;
  c->in_count += (size_t)n;
  if (!c->is_open) return finish_handshake(p, c);
  take_answers(p, c, now_ns());
  return flush(c);
}

/* MARK: the run */

static int shake_hands(press *p, peer *c) {
  c->out_count = (size_t)sprintf(
      c->out,
      "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
      p->plan->token);
  return flush(c);
}

static int open_peer(press *p, peer *c) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)p->plan->port)};
  int on = 1;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  c->in = malloc(IN_BYTES);
  c->out = malloc(room(p->plan) * (size_t)p->plan->in_flight);
  c->issued = calloc((size_t)p->plan->in_flight, sizeof *c->issued);
  if (!c->in || !c->out || !c->issued) return ENOMEM;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof address)) return errno;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (fcntl(c->fd, F_SETFL, O_NONBLOCK)) return errno;
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
  if (epoll_ctl(p->epoll, EPOLL_CTL_ADD, c->fd, &event)) return errno;
  if (p->plan->is_websocket) return shake_hands(p, c);
  c->is_open = 1;
  return begin(p, c);
}

static int open_all(press *p) {
  p->peers = calloc((size_t)p->plan->connections, sizeof *p->peers);
  p->epoll = epoll_create1(EPOLL_CLOEXEC);
  if (!p->peers || p->epoll < 0) return errno;
  for (int i = 0; i < p->plan->connections; i++) p->peers[i].fd = -1;
  for (int i = 0; i < p->plan->connections; i++) {
    int status = open_peer(p, &p->peers[i]);
    if (status) return status;
  }
  return 0;
}

static int run_until(press *p, uint64_t end) {
  struct epoll_event events[MAX_EVENTS];
  while (now_ns() < end) {
    int count = epoll_wait(p->epoll, events, MAX_EVENTS, PATIENCE_MS);
    if (count == 0) return ETIMEDOUT;
    if (count < 0 && errno != EINTR) return errno;
    for (int i = 0; i < count; i++) {
      int status = receive(p, events[i].data.ptr);
      if (status) return status;
    }
  }
  return 0;
}

static int measure(press *p, ops_load_result *result) {
  int status = run_until(p, now_ns() + (uint64_t)(p->plan->warm_up_seconds * 1e9));
  p->replies = 0;
  memset(p->histogram, 0, sizeof p->histogram);
  uint64_t start = now_ns();
  if (!status) status = run_until(p, start + (uint64_t)(p->plan->seconds * 1e9));
  result->seconds = (double)(now_ns() - start) / 1e9;
  result->replies = p->replies;
  result->errors = p->errors;
  result->p50_us = percentile_us(p, 0.5);
  result->p99_us = percentile_us(p, 0.99);
  return status;
}

static void close_all(press *p) {
  for (int i = 0; p->peers && i < p->plan->connections; i++) {
    if (p->peers[i].fd >= 0) close(p->peers[i].fd);
    free(p->peers[i].in);
    free(p->peers[i].out);
    free(p->peers[i].issued);
  }
  free(p->peers);
  if (p->epoll >= 0) close(p->epoll);
}

int ops_web_run(const ops_web_plan *plan, ops_load_result *result) {
  press *p = calloc(1, sizeof *p);
  if (!p) return ENOMEM;
  p->plan = plan;
  p->epoll = -1;
  int status = open_all(p);
  if (!status) status = measure(p, result);
  close_all(p);
  free(p);
  return status;
}
