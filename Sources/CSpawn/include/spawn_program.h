#pragma once
#include <sys/types.h>

/// Starts a program in a session of its own, with nothing of this process but what is given.
///
/// The standard descriptors become `descriptors`; -1 stands for /dev/null. Signals are as in a fresh
/// process, and every other descriptor is closed. The memory of this process is not copied for it, so
/// that it takes as long however large that is.
///
/// `watch` becomes a descriptor that can be read once the program has ended; the caller closes it, and
/// waits for `process`. Answers 0, or what errno says.
int opsl_spawn(const char *path, char *const arguments[], char *const environment[],
               const char *directory, const int descriptors[3], pid_t *process, int *watch);
