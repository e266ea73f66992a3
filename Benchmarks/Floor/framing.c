#define _GNU_SOURCE
#include "framing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The longest head of HTTP without its token, and what a call needs beyond its parts: such a head
 * or a greeting, two numbers, a line end. */
enum { HEAD_ROOM = 256, MARGIN = 512 };

size_t ops_call_room(const ops_load_plan *plan) {
  return strlen(plan->head) + (plan->name ? strlen(plan->name) : 0) + strlen(plan->tail) +
         (plan->token ? strlen(plan->token) : 0) + MARGIN;
}

static size_t write_call(const ops_load_plan *plan, uint64_t number, char *out) {
  unsigned long long n = number;
  int count = plan->name
                  ? sprintf(out, "%s%llu%s%llu%s", plan->head, n, plan->name, n, plan->tail)
                  : sprintf(out, "%s%llu%s", plan->head, n, plan->tail);
  return (size_t)count;
}

static int has_error(const char *text, size_t count) {
  return memmem(text, count, "\"error\":", 8) != NULL;
}

/* MARK: lines */

static size_t write_line(const ops_load_plan *plan, uint64_t number, char *out) {
  size_t count = write_call(plan, number, out);
  out[count] = '\n';
  return count + 1;
}

static size_t read_line(const char *in, size_t count, int *is_good) {
  const char *feed = memchr(in, '\n', count);
  if (!feed) return 0;
  size_t length = (size_t)(feed - in);
  *is_good = length > 2 && in[0] == '{' && !has_error(in, length);
  return length + 1;
}

/* MARK: HTTP */

static size_t write_post(const ops_load_plan *plan, uint64_t number, char *out) {
  /* The head says how long the call is, so that is written first, behind the longest head. */
  char *call = out + HEAD_ROOM + strlen(plan->token);
  size_t length = write_call(plan, number, call);
  int head = sprintf(out,
                     "POST /rpc HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
                     "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                     plan->token, length);
  memmove(out + head, call, length);
  return (size_t)head + length;
}

static size_t read_response(const char *in, size_t count, int *is_good) {
  const char *end = memmem(in, count, "\r\n\r\n", 4);
  if (!end) return 0;
  const char *length = memmem(in, (size_t)(end - in), "Content-Length:", 15);
  size_t body = length ? strtoul(length + 15, NULL, 10) : 0;
  size_t whole = (size_t)(end - in) + 4 + body;
  if (count < whole) return 0;
  *is_good = !memcmp(in, "HTTP/1.1 200", 12) && !has_error(end, 4 + body);
  return whole;
}

/* MARK: WebSocket (RFC 6455, section 5.2) */

static size_t write_upgrade(const ops_load_plan *plan, char *out) {
  return (size_t)sprintf(
      out,
      "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
      plan->token);
}

/* One text frame; a length beyond 125 stands in the two bytes behind the second. */
static size_t write_frame(const ops_load_plan *plan, uint64_t number, char *out) {
  static const char mask[4] = {0x12, 0x34, 0x56, 0x78};
  enum { LONGEST_HEAD = 8 };
  char *call = out + LONGEST_HEAD;
  size_t length = write_call(plan, number, call), head = 2;
  out[0] = (char)0x81;
  out[1] = (char)(0x80 | (length < 126 ? length : 126));
  if (length >= 126) {
    out[head++] = (char)(length >> 8);
    out[head++] = (char)length;
  }
  memcpy(out + head, mask, 4);
  head += 4;
  for (size_t i = 0; i < length; i++) out[head + i] = (char)(call[i] ^ mask[i & 3]);
  return head + length;
}

static size_t read_frame(const char *in, size_t count, int *is_good) {
  const unsigned char *bytes = (const unsigned char *)in;
  if (count < 2) return 0;
  size_t head = bytes[1] < 126 ? 2 : 4;
  if (count < head) return 0;
  size_t whole = head + (head == 2 ? bytes[1] : (size_t)bytes[2] << 8 | bytes[3]);
  if (count < whole) return 0;
  *is_good = bytes[0] == 0x81 && !has_error(in + head, whole - head);
  return whole;
}

/* MARK: all of them */

const ops_framing *ops_framing_of(const ops_load_plan *plan) {
  static const ops_framing lines = {write_line, read_line, NULL, NULL};
  static const ops_framing http = {write_post, read_response, NULL, NULL};
  static const ops_framing websocket = {write_frame, read_frame, write_upgrade, "HTTP/1.1 101"};
  switch (plan->framing) {
  case OPS_HTTP: return &http;
  case OPS_WEBSOCKET: return &websocket;
  default: return &lines;
  }
}
