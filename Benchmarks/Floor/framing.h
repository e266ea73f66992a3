#ifndef OPS_BENCH_FRAMING_H
#define OPS_BENCH_FRAMING_H

#include "OpsBenchFloor.h"

#include <stddef.h>

/* How calls and answers stand on a connection. */
typedef struct {
  /* Writes the call with this number and returns its length; `out` has `ops_call_room` bytes. */
  size_t (*write)(const ops_load_plan *plan, uint64_t number, char *out);
  /* How many bytes the first answer has, and whether it is one without an error; 0 as long as it is
   * not whole. */
  size_t (*read)(const char *in, size_t count, int *is_good);
  /* What has to be said and heard before the first call; NULL where nothing has. */
  size_t (*write_greeting)(const ops_load_plan *plan, char *out);
  const char *greeted;
} ops_framing;

const ops_framing *ops_framing_of(const ops_load_plan *plan);

size_t ops_call_room(const ops_load_plan *plan);

#endif
