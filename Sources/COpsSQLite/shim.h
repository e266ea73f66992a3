#pragma once
#include <sqlite3.h>

// The function that configures the library takes a list of any length, which Swift does not see.

/// Has the library keep no statistics of the memory that it takes.
///
/// Answers SQLITE_MISUSE when the library is in use already.
static inline int opssql_disable_memory_statistics(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}
