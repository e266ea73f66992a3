#define _GNU_SOURCE
#include "OpsBenchFloor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { IN_BYTES = 1 << 16, MAX_EVENTS = 256, PATIENCE_MS = 10000 };

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
  connection *connections;
  int epoll;
  uint64_t next_id;
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

static size_t request_room(const ops_load_plan *plan) {
  return strlen(plan->head) + (plan->name ? strlen(plan->name) : 0) + strlen(plan->tail) + 64;
}

static void issue(load *l, connection *c, int slot, uint64_t now) {
  size_t room = request_room(l->plan);
  unsigned long long id = l->next_id++;
  char *to = c->out + c->out_count;
  int count = l->plan->name ? snprintf(to, room, "%s%llu%s%llu%s\n", l->plan->head, id,
                                       l->plan->name, id, l->plan->tail)
                            : snprintf(to, room, "%s%llu%s\n", l->plan->head, id, l->plan->tail);
  c->out_count += (size_t)count;
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

static int is_good(const char *line, size_t count) {
  return count > 2 && line[0] == '{' && !memmem(line, count, "\"error\":", 8);
}

/* Requests that could not be sent yet sit in `out`; what was sent makes room for new ones. */
static void make_room(connection *c) {
  if (c->out_sent == 0) return;
  memmove(c->out, c->out + c->out_sent, c->out_count - c->out_sent);
  c->out_count -= c->out_sent;
  c->out_sent = 0;
}

static void take_lines(load *l, connection *c, uint64_t now) {
  char *from = c->in, *end = c->in + c->in_count, *feed;
  make_room(c);
  while ((feed = memchr(from, '\n', (size_t)(end - from)))) {
    l->replies++;
    l->errors += !is_good(from, (size_t)(feed - from));
    l->histogram[slot_of(now - c->issued[c->oldest])]++;
    issue(l, c, c->oldest, now);
    c->oldest = (c->oldest + 1) % l->plan->in_flight;
    from = feed + 1;
  }
  c->in_count = (size_t)(end - from);
  memmove(c->in, from, c->in_count);
}

static int receive(load *l, connection *c) {
  if (c->in_count == IN_BYTES) return EMSGSIZE;
  ssize_t n = recv(c->fd, c->in + c->in_count, IN_BYTES - c->in_count, 0);
  if (n == 0) return ECONNRESET;
  if (n < 0) return errno == EAGAIN || errno == EINTR ? 0 : errno;
  c->in_count += (size_t)n;
  take_lines(l, c, now_ns());
  return send_waiting(l, c);
}

static int open_connection(load *l, connection *c) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(l->plan->socket_path) >= sizeof address.sun_path) return ENAMETOOLONG;
  strcpy(address.sun_path, l->plan->socket_path);
  c->in = malloc(IN_BYTES);
  c->out = malloc(request_room(l->plan) * (size_t)l->plan->in_flight);
  c->issued = calloc((size_t)l->plan->in_flight, sizeof *c->issued);
  if (!c->in || !c->out || !c->issued) return ENOMEM;
  c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof address)) return errno;
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
  l->next_id = 1;
  int status = open_all(l);
  if (!status) status = press(l, result);
  close_all(l);
  free(l);
  return status;
}
