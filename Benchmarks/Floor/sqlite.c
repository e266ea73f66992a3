#include "OpsBenchFloor.h"

#include <sqlite3.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int insert_rows(sqlite3_stmt *insert, int count) {
  for (int i = 0; i < count; i++) {
    sqlite3_bind_text(insert, 1, "a line of text as a note holds", -1, SQLITE_STATIC);
    int status = sqlite3_step(insert);
    sqlite3_reset(insert);
    if (status != SQLITE_DONE) return status;
  }
  return SQLITE_OK;
}

static int insert_until(sqlite3 *db, int rows_per_commit, double seconds, double *rows_per_second) {
  sqlite3_stmt *insert = NULL;
  double start = now(), rows = 0;
  int status = sqlite3_prepare_v2(db, "INSERT INTO note (text) VALUES (?)", -1, &insert, NULL);
  while (!status && now() < start + seconds) {
    status = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (!status) status = insert_rows(insert, rows_per_commit);
    if (!status) status = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    rows += rows_per_commit;
  }
  *rows_per_second = rows / (now() - start);
  sqlite3_finalize(insert);
  return status;
}

int ops_floor_sqlite(const char *path, int rows_per_commit, double seconds, double *rows_per_second) {
  static const char set_up[] =
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
      "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL);";
  sqlite3 *db = NULL;
  int status = sqlite3_open(path, &db);
  if (!status) status = sqlite3_exec(db, set_up, NULL, NULL, NULL);
  if (!status) status = insert_until(db, rows_per_commit, seconds, rows_per_second);
  sqlite3_close(db);
  return status;
}
