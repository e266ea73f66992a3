#include "plugin.h"

#include "OpsBenchFloor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char manifest[] =
    "{\"protocol\":[1],\"name\":\"echo\",\"version\":\"1.0.0\","
    "\"summary\":\"Answers at once.\",\"methods\":[{\"name\":\"echo.ping\","
    "\"summary\":\"Answers at once.\",\"effect\":\"read\",\"idempotent\":true,"
    "\"params\":{\"type\":\"object\",\"properties\":{},\"additionalProperties\":false},"
    "\"result\":{\"type\":\"object\",\"properties\":{\"pong\":{\"type\":\"boolean\"}},"
    "\"required\":[\"pong\"]}}]}";

/* What a request is answered with. The host writes ids before methods, and nothing else first. */
static const char *result_of(const char *line) {
  if (strstr(line, "\"method\":\"echo.ping\"")) return "{\"pong\":true}";
  if (strstr(line, "\"method\":\"plugin.describe\"")) return manifest;
  return "{}";
}

static void answer(const char *line, ops_result_of result_of) {
  const char *result = result_of(line);
  const char *id = strstr(line, "\"id\":");
  const char *method = strstr(line, "\"method\":");
  if (!result || !id || !method || id > method) return;
  id += 5;
  printf("{\"jsonrpc\":\"2.0\",\"id\":%.*s,\"result\":%s}\n", (int)strcspn(id, ",}"), id,
         result);
}

int ops_floor_plugin(void) { return ops_answer_lines(result_of, NULL); }

int ops_answer_lines(ops_result_of result_of, void (*flushed)(void)) {
  enum { ROOM = 1 << 20 };
  char *in = malloc(ROOM + 1);
  size_t count = 0;
  ssize_t n;
  while (in && count < ROOM && (n = read(0, in + count, ROOM - count)) > 0) {
    char *from = in, *feed;
    count += (size_t)n;
    while ((feed = memchr(from, '\n', count - (size_t)(from - in)))) {
      *feed = 0;
      answer(from, result_of);
      from = feed + 1;
    }
    /* One write for everything that one read has brought. */
    fflush(stdout);
    if (flushed) flushed();
    count -= (size_t)(from - in);
    memmove(in, from, count);
  }
  free(in);
  return 0;
}
