#include "serve.h"

#include <signal.h>
#include <unistd.h>

static uv_timer_t timer;
static pid_t parent;

static void look(uv_timer_t *handle) {
  if (getppid() != parent) uv_stop(handle->loop);
}

void ops_prepare_server(uv_loop_t *loop) {
  signal(SIGPIPE, SIG_IGN);
  parent = getppid();
  uv_timer_init(loop, &timer);
  uv_timer_start(&timer, look, 1000, 1000);
}
