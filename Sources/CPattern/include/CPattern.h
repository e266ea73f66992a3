#pragma once
#include <stdbool.h>
#include <stddef.h>

// RE2 is C++, which Swift sees only in part. Nothing here throws.

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled regular expression. Threads may share it.
typedef struct opsp_pattern opsp_pattern;

/// How an expression and its texts are to be read.
struct opsp_reading {
    /// What the program and the automaton made from it may take, in bytes.
    long max_memory;
    /// A text is any bytes, and one of them a character; else it is UTF-8.
    bool is_bytes;
    /// The syntax is that of `grep -E`, with `^` and `$` for the ends of each line; else it is
    /// Perl's, as far as RE2 knows it, with `^` and `$` for the ends of the text.
    bool is_posix;
    /// `.` stands for the end of a line as well.
    bool dot_is_any;
    /// Parts in parentheses are remembered, for `opsp_rewrite`.
    bool captures;
};

/// Compiles an expression. Returns NULL when it is none, with RE2's words about it in `reason`.
opsp_pattern *opsp_compile(
    const char *text, size_t size, struct opsp_reading reading, char *reason, size_t reason_size);

/// How many instructions one character of a text may take at worst.
long opsp_size(const opsp_pattern *pattern);

/// Whether the expression stands for the whole text, or occurs anywhere in it.
bool opsp_matches(const opsp_pattern *pattern, const char *text, size_t size, bool whole);

/// Whether `\0` to `\9` in a template stand for parts that the expression has.
bool opsp_knows(const opsp_pattern *pattern, const char *reference, size_t size);

/// Writes the template with the parts of a text for which the expression stands as a whole.
/// Returns NULL when it does not stand for it; else the caller frees the text.
char *opsp_rewrite(
    const opsp_pattern *pattern, const char *text, size_t size, const char *reference,
    size_t reference_size, size_t *written);

void opsp_free(opsp_pattern *pattern);

#ifdef __cplusplus
}
#endif
