/* What the benchmarks compare with, and what they press with: plain C, so that it is as fast as it
 * gets on the same machine at the same time. Every function blocks until it is done. */
#ifndef OPS_BENCH_FLOOR_H
#define OPS_BENCH_FLOOR_H

#include <stdint.h>

/* Serves a Unix socket with one libuv loop: whatever arrives is sent back as it is. What a JSON-RPC
 * server on libuv adds to this is its own cost. Returns when the parent process is gone. */
int ops_floor_echo(const char *socket_path);

/* Answers every HTTP/1.1 request on a listening TCP socket with 200 and keeps the connection, from
 * one libuv loop. Returns when the parent process is gone. */
int ops_floor_http(int listening_socket);

/* A plugin on the standard streams whose method `echo.ping` answers at once. Returns at the end of
 * its input. */
int ops_floor_plugin(void);

/* A plugin that misbehaves from its start on: floods_lines, prints_garbage, large_frame, eats_memory,
 * forks or sleeps_in_hook. Returns at the end of its input. */
int ops_floor_zoo(const char *how);

/* How calls go over a connection: a line each, `POST /rpc` with keep-alive, or a WebSocket's text. */
typedef enum { OPS_LINES, OPS_HTTP, OPS_WEBSOCKET } ops_load_framing;

/* What a load run does: every connection keeps `in_flight` requests on their way. */
typedef struct {
  ops_load_framing framing;
  /* Where the server listens; without a path on this port of the loopback address. */
  const char *socket_path;
  int port;
  /* The bearer token; lines need none. */
  const char *token;
  /* A call is `head`, a running number and `tail`; with a `name` that is followed by the number as
   * well: `head`, number, `name`, number, `tail`. */
  const char *head;
  const char *name;
  const char *tail;
  int connections;
  int in_flight;
  double warm_up_seconds;
  double seconds;
} ops_load_plan;

typedef struct {
  uint64_t replies;
  /* Replies that hold an error, or that are no answer at all. */
  uint64_t errors;
  double seconds;
  double p50_us;
  double p99_us;
} ops_load_result;

/* Presses a server from one thread with epoll. Returns 0, or an errno. */
int ops_load_run(const ops_load_plan *plan, ops_load_result *result);

/* Answers every HTTP request with a body from one libwebsockets context on a libuv loop, always with
 * the same bytes. Listens on a port of its own choosing, which it writes to a file. */
int ops_floor_lws(const char *port_path);

/* Inserts rows into a fresh SQLite database, so many a commit, each commit synced (WAL,
 * synchronous=FULL). Returns 0, or SQLite's code. */
int ops_floor_sqlite(const char *path, int rows_per_commit, double seconds, double *rows_per_second);

#endif
