#define _GNU_SOURCE
#include "OpsBenchFloor.h"
#include "framing.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { IN_BYTES = 1 << 16, MAX_EVENTS = 256, PATIENCE_MS = 10000 };

/* So many digits have the numbers of a run, so that its requests and answers are all as long. */
enum { FIRST_NUMBER = 1000000 };

/* Latencies by size: 64 steps for every doubling, so that a figure is within 1.6 %. */
enum { STEPS = 64, SLOTS = 59 * STEPS };

typedef struct {
  int fd;
  int wants_to_write;
  char *in;
  size_t in_count;
  char *out;
  size_t out_count, out_sent;
  /* When each request in flight was issued; answers come in the order of the requests. */
  uint64_t *issued;
  int oldest;
} connection;

typedef struct {
  const ops_load_plan *plan;
  const ops_framing *framing;
  connection *connections;
  int epoll;
  uint64_t next_number;
  uint64_t replies, errors;
  uint64_t histogram[SLOTS];
} load;

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* MARK: latencies */

static unsigned slot_of(uint64_t ns) {
  if (ns < STEPS) return (unsigned)ns;
  unsigned doubling = 63u - (unsigned)__builtin_clzll(ns);
  return (doubling - 5) * STEPS + (unsigned)((ns >> (doubling - 6)) & (STEPS - 1));
}

static double ns_of(unsigned slot) {
  if (slot < STEPS) return slot;
  unsigned doubling = slot / STEPS + 5;
  return (double)((uint64_t)(STEPS + slot % STEPS) << (doubling - 6));
}

static double percentile_us(const load *l, double share) {
  uint64_t rank = (uint64_t)((double)l->replies * share), seen = 0;
  for (unsigned slot = 0; slot < SLOTS; slot++) {
    seen += l->histogram[slot];
    if (seen > rank) return ns_of(slot) / 1000;
  }
  return 0;
}

/* MARK: one connection */

static void issue(load *l, connection *c, int slot, uint64_t now) {
  c->out_count += l->framing->write(l->plan, l->next_number++, c->out + c->out_count);
  c->issued[slot] = now;
}

static int send_waiting(load *l, connection *c) {
  while (c->out_sent < c->out_count) {
    ssize_t n = send(c->fd, c->out + c->out_sent, c->out_count - c->out_sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno != EAGAIN) return errno;
    if (n < 0) break;
    c->out_sent += (size_t)n;
  }
  int wants_to_write = c->out_sent < c->out_count;
  if (!wants_to_write) c->out_sent = c->out_count = 0;
  if (wants_to_write == c->wants_to_write) return 0;
  c->wants_to_write = wants_to_write;
  struct epoll_event event = {.events = EPOLLIN | (wants_to_write ? EPOLLOUT : 0), .data.ptr = c};
  return epoll_ctl(l->epoll, EPOLL_CTL_MOD, c->fd, &event) ? errno : 0;
}

/* Requests that could not be sent yet sit in `out`; what was sent makes room for new ones. */
static void make_room(connection *c) {
  if (c->out_sent == 0) return;
  memmove(c->out, c->out + c->out_sent, c->out_count - c->out_sent);
  c->out_count -= c->out_sent;
  c->out_sent = 0;
}

static void take_answers(load *l, connection *c, uint64_t now) {
  size_t taken = 0, whole;
  int is_good = 0;
  make_room(c);
  while ((whole = l->framing->read(c->in + taken, c->in_count - taken, &is_good))) {
    l->replies++;
    l->errors += !is_good;
    l->histogram[slot_of(now - c->issued[c->oldest])]++;
    issue(l, c, c->oldest, now);
    c->oldest = (c->oldest + 1) % l->plan->in_flight;
    taken += whole;
  }
  c->in_count -= taken;
  memmove(c->in, c->in + taken, c->in_count);
}

static int receive(load *l, connection *c) {
  if (c->in_count == IN_BYTES) return EMSGSIZE;
  ssize_t n = recv(c->fd, c->in + c->in_count, IN_BYTES - c->in_count, 0);
  if (n == 0) return ECONNRESET;
  if (n < 0) return errno == EAGAIN || errno == EINTR ? 0 : errno;
  c->in_count += (size_t)n;
  take_answers(l, c, now_ns());
  return send_waiting(l, c);
}

/* MARK: connecting */

static int connect_to(connection *c, int family, const void *address, socklen_t size) {
  struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};
  c->fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (c->fd < 0 || setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience))
    return errno;
  return connect(c->fd, address, size) ? errno : 0;
}

static int connect_unix(connection *c, const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) return ENAMETOOLONG;
  strcpy(address.sun_path, path);
  return connect_to(c, AF_UNIX, &address, sizeof address);
}

static int connect_tcp(connection *c, int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  int on = 1;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int status = connect_to(c, AF_INET, &address, sizeof address);
  if (status) return status;
  return setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) ? errno : 0;
}

static int send_greeting(load *l, connection *c) {
  size_t count = l->framing->write_greeting(l->plan, c->out);
  ssize_t n = send(c->fd, c->out, count, MSG_NOSIGNAL);
  return n < 0 ? errno : (size_t)n == count ? 0 : EMSGSIZE;
}

/* The other side says nothing of its own accord, so nothing stands behind its greeting. */
static int hear_greeting(load *l, connection *c) {
  const char *words = l->framing->greeted;
  while (!memmem(c->in, c->in_count, "\r\n\r\n", 4)) {
    if (c->in_count == IN_BYTES) return EMSGSIZE;
    ssize_t n = recv(c->fd, c->in + c->in_count, IN_BYTES - c->in_count, 0);
    if (n == 0) return ECONNRESET;
    if (n < 0 && errno != EINTR) return errno;
    if (n > 0) c->in_count += (size_t)n;
  }
  int is_right = !memcmp(c->in, words, strlen(words));
  c->in_count = 0;
  return is_right ? 0 : EPROTO;
}

static int open_connection(load *l, connection *c) {
  c->in = malloc(IN_BYTES);
  c->out = malloc(ops_call_room(l->plan) * (size_t)l->plan->in_flight);
  c->issued = calloc((size_t)l->plan->in_flight, sizeof *c->issued);
  if (!c->in || !c->out || !c->issued) return ENOMEM;
  const char *path = l->plan->socket_path;
  int status = path ? connect_unix(c, path) : connect_tcp(c, l->plan->port);
  if (!status && l->framing->write_greeting) status = send_greeting(l, c);
  if (!status && l->framing->write_greeting) status = hear_greeting(l, c);
  if (status) return status;
  if (fcntl(c->fd, F_SETFL, O_NONBLOCK)) return errno;
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
  return epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &event) ? errno : 0;
}

/* MARK: the run */

static int open_all(load *l) {
  int count = l->plan->connections, status;
  l->connections = calloc((size_t)count, sizeof *l->connections);
  l->epoll = epoll_create1(EPOLL_CLOEXEC);
  if (!l->connections || l->epoll < 0) return errno;
  for (int i = 0; i < count; i++) l->connections[i].fd = -1;
  for (int i = 0; i < count; i++)
    if ((status = open_connection(l, &l->connections[i]))) return status;
  return 0;
}

static int issue_all(load *l) {
  for (int i = 0; i < l->plan->connections; i++) {
    connection *c = &l->connections[i];
    for (int slot = 0; slot < l->plan->in_flight; slot++) issue(l, c, slot, now_ns());
    int status = send_waiting(l, c);
    if (status) return status;
  }
  return 0;
}

static int press_until(load *l, uint64_t end) {
  struct epoll_event events[MAX_EVENTS];
  while (now_ns() < end) {
    int count = epoll_wait(l->epoll, events, MAX_EVENTS, PATIENCE_MS);
    if (count == 0) return ETIMEDOUT;
    if (count < 0 && errno != EINTR) return errno;
    for (int i = 0; i < count; i++) {
      connection *c = events[i].data.ptr;
      int status = events[i].events & ~(uint32_t)EPOLLOUT ? receive(l, c) : send_waiting(l, c);
      if (status) return status;
    }
  }
  return 0;
}

static int press(load *l, ops_load_result *result) {
  int status = issue_all(l);
  uint64_t warm = now_ns() + (uint64_t)(l->plan->warm_up_seconds * 1e9);
  if (!status) status = press_until(l, warm);
  l->replies = 0;
  memset(l->histogram, 0, sizeof l->histogram);
  uint64_t start = now_ns();
  if (!status) status = press_until(l, start + (uint64_t)(l->plan->seconds * 1e9));
  result->seconds = (double)(now_ns() - start) / 1e9;
  result->replies = l->replies;
  result->errors = l->errors;
  result->p50_us = percentile_us(l, 0.5);
  result->p99_us = percentile_us(l, 0.99);
  return status;
}

static void close_all(load *l) {
  for (int i = 0; l->connections && i < l->plan->connections; i++) {
    connection *c = &l->connections[i];
    if (c->fd >= 0) close(c->fd);
    free(c->in);
    free(c->out);
    free(c->issued);
  }
  free(l->connections);
  if (l->epoll >= 0) close(l->epoll);
}

int ops_load_run(const ops_load_plan *plan, ops_load_result *result) {
  load *l = calloc(1, sizeof *l);
  if (!l) return ENOMEM;
  l->plan = plan;
  l->epoll = -1;
  l->framing = ops_framing_of(plan);
  l->next_number = FIRST_NUMBER;
  int status = open_all(l);
  if (!status) status = press(l, result);
  close_all(l);
  free(l);
  return status;
}
