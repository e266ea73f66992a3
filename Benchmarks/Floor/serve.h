#ifndef OPS_BENCH_SERVE_H
#define OPS_BENCH_SERVE_H

#include <uv.h>

/* Lets a server outlive peers that go away in the middle of an answer, but not the process that
 * started it: a benchmark that was killed leaves no servers behind. */
void ops_prepare_server(uv_loop_t *loop);

#endif
