// For addchdir_np and addclosefrom_np.
#define _GNU_SOURCE
#include "spawn_program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int prepare_attributes(posix_spawnattr_t *attributes) {
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    int error = posix_spawnattr_setsigdefault(attributes, &all);
    if (!error) error = posix_spawnattr_setsigmask(attributes, &none);
    if (!error)
        error = posix_spawnattr_setflags(
            attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    return error;
}

static int prepare_actions(
    posix_spawn_file_actions_t *actions, const char *directory, const int descriptors[3]) {
    int error = 0;
    for (int target = 0; target < 3 && !error; target++) {
        if (descriptors[target] < 0)
            error = posix_spawn_file_actions_addopen(
                actions, target, "/dev/null", target == 0 ? O_RDONLY : O_WRONLY, 0);
        else
            error = posix_spawn_file_actions_adddup2(actions, descriptors[target], target);
    }
    if (!error) error = posix_spawn_file_actions_addclosefrom_np(actions, 3);
    if (!error && directory) error = posix_spawn_file_actions_addchdir_np(actions, directory);
    return error;
}

/// A program that nobody can watch must not run.
static int watch_process(pid_t process, int *watch) {
    *watch = (int)syscall(SYS_pidfd_open, process, 0);
    if (*watch >= 0) return 0;
    int error = errno;
    kill(process, SIGKILL);
    while (waitpid(process, NULL, 0) < 0 && errno == EINTR) continue;
    return error;
}

int opsl_spawn(const char *path, char *const arguments[], char *const environment[],
               const char *directory, const int descriptors[3], pid_t *process, int *watch) {
    posix_spawnattr_t attributes;
    int error = posix_spawnattr_init(&attributes);
    if (error) return error;
    posix_spawn_file_actions_t actions;
    error = posix_spawn_file_actions_init(&actions);
    if (!error) {
        error = prepare_attributes(&attributes);
        if (!error) error = prepare_actions(&actions, directory, descriptors);
        if (!error) error = posix_spawn(process, path, &actions, &attributes, arguments, environment);
        posix_spawn_file_actions_destroy(&actions);
    }
    posix_spawnattr_destroy(&attributes);
    return error ? error : watch_process(*process, watch);
}
