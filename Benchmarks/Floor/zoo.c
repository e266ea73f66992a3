#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "OpsBenchFloor.h"
#include "plugin.h"

/* What each misbehaving plugin does once it has been started, beside its answers. */

static void *flood(void *nothing) {
  for (;;) puts("{\"jsonrpc\":\"2.0\",\"method\":\"log\",\"params\":{\"message\":\"more\"}}");
  return nothing;
}

static void *garbage(void *nothing) {
  for (;;) puts("this is not JSON");
  return nothing;
}

static void *large_frame(void *nothing) {
  static char text[1 << 16];
  memset(text, 'x', sizeof text);
  for (;;) fwrite(text, 1, sizeof text, stdout);
  return nothing;
}

/* 800 MB a second, and more than a gigabyte only when nobody ends it. */
static void *memory(void *nothing) {
  enum { PIECE = 16 << 20, PIECES = 96 };
  for (int i = 0; i < PIECES; i++) {
    char *piece = malloc(PIECE);
    if (piece) memset(piece, i + 1, PIECE);
    usleep(20000);
  }
  return nothing;
}

/* 255 children that wait, and others as fast as they end; these are waited for, because whoever takes
 * over orphans may be slow. */
static void *forks(void *nothing) {
  pid_t own = getpid();
  for (int i = 0; i < 8; i++) (void)!fork();
  while (getpid() != own) pause();
  for (;;) {
    pid_t child = fork();
    if (child == 0) _exit(0);
    waitpid(child, NULL, 0);
  }
  return nothing;
}

static const struct {
  const char *name;
  void *(*act)(void *);
} animals[] = {
    {"floods_lines", flood}, {"prints_garbage", garbage}, {"large_frame", large_frame},
    {"eats_memory", memory}, {"forks", forks},
};

static const char *how;
static int is_started;

/* Only once the host has heard that it is started. */
static void misbehave(void) {
  if (!is_started) return;
  is_started = 0;
  for (size_t i = 0; i < sizeof animals / sizeof *animals; i++) {
    pthread_t thread;
    if (strcmp(animals[i].name, how)) continue;
    if (!pthread_create(&thread, NULL, animals[i].act, NULL)) pthread_detach(thread);
  }
}

/* One that sleeps in a hook never answers it. */
static const char *result_of(const char *line) {
  if (strstr(line, "\"method\":\"hook.call\"")) return NULL;
  if (strstr(line, "\"method\":\"plugin.start\"")) is_started = 1;
  if (!strstr(line, "\"method\":\"plugin.describe\"")) return "{}";
  return strcmp(how, "sleeps_in_hook")
             ? "{\"protocol\":[1],\"name\":\"animal\",\"version\":\"1.0.0\",\"summary\":\"Misbehaves.\",\"methods\":[]}"
             : "{\"protocol\":[1],\"name\":\"animal\",\"version\":\"1.0.0\",\"summary\":\"Misbehaves.\",\"methods\":[],"
               "\"hooks\":[{\"name\":\"link.before_create\"}]}";
}

int ops_floor_zoo(const char *name) {
  how = name;
  return ops_answer_lines(result_of, misbehave);
}
