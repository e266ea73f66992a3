#include "OpsBenchFloor.h"
#include "serve.h"

#include <stdlib.h>
#include <uv.h>

static const char answer[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nok\n";

typedef struct {
  uv_tcp_t tcp;
  /* How much of the empty line that ends a request's head has been seen. */
  unsigned matched;
} visitor;

static char memory[65536];

static void visitor_closed(uv_handle_t *handle) { free(handle); }

static void lend_memory(uv_handle_t *handle, size_t suggested, uv_buf_t *out) {
  (void)handle;
  (void)suggested;
  *out = uv_buf_init(memory, sizeof memory);
}

static void has_answered(uv_write_t *request, int status) {
  (void)status;
  free(request);
}

static void send_answer(uv_stream_t *stream) {
  uv_buf_t out = uv_buf_init((char *)answer, sizeof answer - 1);
  if (uv_try_write(stream, &out, 1) == (int)out.len) return;
  uv_write_t *request = malloc(sizeof *request);
  if (request && uv_write(request, stream, &out, 1, has_answered)) free(request);
}

static void has_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer) {
  static const char empty_line[] = "\r\n\r\n";
  visitor *v = (visitor *)stream;
  if (count < 0) {
    uv_close((uv_handle_t *)stream, visitor_closed);
    return;
  }
  for (ssize_t i = 0; i < count; i++) {
    char c = buffer->base[i];
    v->matched = c == empty_line[v->matched] ? v->matched + 1 : c == '\r';
    if (v->matched < 4) continue;
    v->matched = 0;
    send_answer(stream);
  }
}

static void has_visitor(uv_stream_t *server, int status) {
  visitor *v = status == 0 ? calloc(1, sizeof *v) : NULL;
  if (!v) return;
  uv_tcp_init(server->loop, &v->tcp);
  uv_stream_t *stream = (uv_stream_t *)&v->tcp;
  if (uv_accept(server, stream) || uv_read_start(stream, lend_memory, has_read))
    uv_close((uv_handle_t *)stream, visitor_closed);
  else
    uv_tcp_nodelay(&v->tcp, 1);
}

int ops_floor_http(int listening_socket) {
  uv_loop_t loop;
  uv_tcp_t server;
  int status = uv_loop_init(&loop);
  if (status) return status;
  ops_prepare_server(&loop);
  uv_tcp_init(&loop, &server);
  status = uv_tcp_open(&server, listening_socket);
  if (!status) status = uv_listen((uv_stream_t *)&server, 4096, has_visitor);
  return status ? status : uv_run(&loop, UV_RUN_DEFAULT);
}
