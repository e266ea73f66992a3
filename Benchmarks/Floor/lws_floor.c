#include "OpsBenchFloor.h"
#include "serve.h"

#include <libwebsockets.h>
#include <stdio.h>
#include <string.h>

/* What is answered to every request, as long as the daemon's answer to a ping. */
static const char answer[] =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 54\r\n\r\n"
    "{\"jsonrpc\":\"2.0\",\"id\":1000000,\"result\":{\"pong\":true}}\n";

static int serve(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                 size_t count) {
  unsigned char room[LWS_PRE + sizeof answer];
  (void)user;
  (void)in;
  (void)count;
  if (reason != LWS_CALLBACK_HTTP_BODY_COMPLETION) return 0;
  memcpy(room + LWS_PRE, answer, sizeof answer - 1);
  if (lws_write(wsi, room + LWS_PRE, sizeof answer - 1, LWS_WRITE_HTTP) < 0) return -1;
  return lws_http_transaction_completed(wsi) ? -1 : 0;
}

static int write_port(const char *path, int port) {
  FILE *file = fopen(path, "w");
  if (!file) return 1;
  int good = fprintf(file, "%d\n", port) > 0;
  return fclose(file) == 0 && good ? 0 : 1;
}

int ops_floor_lws(const char *port_path) {
  static const struct lws_protocols protocols[] = {
      {.name = "floor", .callback = serve, .per_session_data_size = 8, .rx_buffer_size = 32768},
      {.name = NULL}};
  uv_loop_t loop;
  void *loops[] = {&loop};
  struct lws_context_creation_info info;
  memset(&info, 0, sizeof info);
  if (uv_loop_init(&loop)) return 1;
  ops_prepare_server(&loop);
  lws_set_log_level(0, NULL);
  info.port = 0;
  info.iface = "127.0.0.1";
  info.protocols = protocols;
  info.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
  info.foreign_loops = loops;
  info.pt_serv_buf_size = 32768;
  info.timeout_secs = 600;
  info.keepalive_timeout = 600;
  info.gid = -1;
  info.uid = -1;
  struct lws_context *context = lws_create_context(&info);
  struct lws_vhost *vhost = context ? lws_create_vhost(context, &info) : NULL;
  if (!vhost || write_port(port_path, lws_get_vhost_listen_port(vhost))) return 1;
  return uv_run(&loop, UV_RUN_DEFAULT);
}
