#include "OpsBenchFloor.h"
#include "serve.h"

#include <stdlib.h>
#include <stddef.h>
#include <uv.h>

enum { BLOCK_BYTES = 65536 };

/* Bytes on their way in and out again; a connection keeps one for the next read. */
typedef struct block {
  uv_write_t request;
  char bytes[BLOCK_BYTES];
} block;

typedef struct {
  uv_pipe_t pipe;
  block *spare;
} peer;

static void peer_closed(uv_handle_t *handle) {
  peer *p = (peer *)handle;
  free(p->spare);
  free(p);
}

static void give_back(peer *p, block *b) {
  if (p->spare || uv_is_closing((uv_handle_t *)p)) free(b);
  else p->spare = b;
}

static void wants_memory(uv_handle_t *handle, size_t suggested, uv_buf_t *out) {
  peer *p = (peer *)handle;
  block *b = p->spare ? p->spare : malloc(sizeof *b);
  (void)suggested;
  p->spare = NULL;
  *out = b ? uv_buf_init(b->bytes, BLOCK_BYTES) : uv_buf_init(NULL, 0);
}

static block *block_of(const uv_buf_t *buffer) {
  return (block *)(buffer->base - offsetof(block, bytes));
}

static void has_written(uv_write_t *request, int status) {
  (void)status;
  give_back((peer *)request->handle, (block *)request);
}

static void has_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer) {
  peer *p = (peer *)stream;
  if (count > 0) {
    block *b = block_of(buffer);
    uv_buf_t out = uv_buf_init(b->bytes, (unsigned)count);
    if (uv_write(&b->request, stream, &out, 1, has_written) == 0) return;
  }
  if (buffer->base) give_back(p, block_of(buffer));
  if (count != 0 && !uv_is_closing((uv_handle_t *)p)) uv_close((uv_handle_t *)p, peer_closed);
}

static void has_peer(uv_stream_t *server, int status) {
  peer *p = status == 0 ? calloc(1, sizeof *p) : NULL;
  if (!p) return;
  uv_pipe_init(server->loop, &p->pipe, 0);
  uv_stream_t *stream = (uv_stream_t *)&p->pipe;
  if (uv_accept(server, stream) || uv_read_start(stream, wants_memory, has_read))
    uv_close((uv_handle_t *)stream, peer_closed);
}

int ops_floor_echo(const char *socket_path) {
  uv_loop_t loop;
  uv_pipe_t server;
  int status = uv_loop_init(&loop);
  if (status) return status;
  ops_prepare_server(&loop);
  uv_pipe_init(&loop, &server, 0);
  status = uv_pipe_bind(&server, socket_path);
  if (!status) status = uv_listen((uv_stream_t *)&server, 1024, has_peer);
  return status ? status : uv_run(&loop, UV_RUN_DEFAULT);
}
