#pragma once
#include <sqlite3.h>

// The function that configures the library takes a list of any length, which Swift does not see.

/// Has the library count no memory, for which it would take one lock at each piece of it.
///
/// Answers SQLITE_MISUSE when the library is in use already.
static inline int opssql_count_no_memory(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}
