#ifndef OPS_BENCH_PLUGIN_H
#define OPS_BENCH_PLUGIN_H

/* What a request is answered with; NULL for nothing at all. */
typedef const char *(*ops_result_of)(const char *line);

/* Answers the host's lines until its input ends; `flushed` may be NULL, and is told when answers have
 * left. */
int ops_answer_lines(ops_result_of result_of, void (*flushed)(void));

#endif
