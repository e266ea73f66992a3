// For clone, close_range and pipe flags.
#define _GNU_SOURCE
#include "spawn_program.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/// Descriptors with low numbers, onto which a program's three are put before it starts.
///
/// The new process then copies the descriptors up to these and no others. To copy and close all that
/// this process has, hundreds when it runs many programs, takes longer than the rest of the start.
static struct {
    pthread_mutex_t mutex;
    int are_open;
    /// The last one stays open on /dev/null.
    int descriptors[4];
} reserved = {.mutex = PTHREAD_MUTEX_INITIALIZER};

enum { NULL_PLACE = 3 };

/// `clone` by glibc's other name: a sanitizer takes the first one for a fork, and the new process
/// works on our memory.
int __clone(int (*function)(void *), void *stack, int flags, void *argument, ...);

struct start {
    const char *path;
    char *const *arguments;
    char *const *environment;
    const char *directory;
    /// Nothing above it is copied.
    unsigned last_descriptor;
    /// Whether the new process begins with a table of descriptors of its own, a copy of all.
    int copies_all;
    /// Whether a part of the table cannot be copied here, so that all has to be.
    int must_copy_all;
    /// What went wrong before the program was there.
    int error;
};

static int open_reserved(void) {
    if (reserved.are_open) return 0;
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0) return errno;
    for (int place = 0; place < NULL_PLACE; place++) {
        reserved.descriptors[place] = fcntl(null, F_DUPFD_CLOEXEC, 3);
        if (reserved.descriptors[place] >= 0) continue;
        int error = errno;
        while (place-- > 0) close(reserved.descriptors[place]);
        close(null);
        return error;
    }
    reserved.descriptors[NULL_PLACE] = null;
    reserved.are_open = 1;
    return 0;
}

/// Puts the program's descriptors onto the reserved ones.
static int place_descriptors(const int descriptors[3], unsigned *last) {
    int error = open_reserved();
    *last = 0;
    for (int place = 0; place < 3 && !error; place++) {
        int source = descriptors[place] < 0 ? reserved.descriptors[NULL_PLACE] : descriptors[place];
        if (dup3(source, reserved.descriptors[place], O_CLOEXEC) < 0) error = errno;
        if ((unsigned)reserved.descriptors[place] > *last)
            *last = (unsigned)reserved.descriptors[place];
    }
    return error;
}

/// Lets go of the program's descriptors, so that their other ends see when the program does.
static void clear_reserved(void) {
    if (!reserved.are_open) return;
    for (int place = 0; place < 3; place++)
        dup3(reserved.descriptors[NULL_PLACE], reserved.descriptors[place], O_CLOEXEC);
}

/// Signals as in a fresh process; all of them are blocked so far.
///
/// By the system calls themselves: what the C library or a sanitizer remembers of signals lies in
/// memory that is still the old process'.
static int reset_signals(void) {
    enum { KERNEL_SET = 8 };
    // The kernel's struct sigaction, whose order differs between processors; 0 is SIG_DFL.
    const unsigned long usual[8] = {0};
    for (int signal = 1; signal < NSIG; signal++) {
        if (signal == SIGKILL || signal == SIGSTOP) continue;
        if (syscall(SYS_rt_sigaction, signal, usual, NULL, KERNEL_SET)) return -1;
    }
    return (int)syscall(SYS_rt_sigprocmask, SIG_SETMASK, usual, NULL, KERNEL_SET);
}

/// What the kernel says of an entry of a folder.
struct entry {
    uint64_t inode;
    int64_t next;
    unsigned short size;
    unsigned char kind;
    char name[];
};

/// Closes the descriptors from `first` on that a list of the system names, but for the list's own;
/// answers how many it has closed, or -1.
static int close_listed(int list, unsigned first) {
    _Alignas(struct entry) char buffer[1024];
    int closed = 0;
    if (lseek(list, 0, SEEK_SET) < 0) return -1;
    for (;;) {
        long length = syscall(SYS_getdents64, list, buffer, sizeof buffer);
        if (length <= 0) return length < 0 ? -1 : closed;
        for (long place = 0; place < length;) {
            struct entry *entry = (struct entry *)(buffer + place);
            place += entry->size;
            unsigned number = 0;
            const char *digit = entry->name;
            while (*digit >= '0' && *digit <= '9') number = number * 10 + (unsigned)(*digit++ - '0');
            if (digit == entry->name || *digit || number < first || (int)number == list) continue;
            close((int)number);
            closed++;
        }
    }
}

/// Closes all descriptors from `first` on where `close_range` is not let through: by kernels before
/// 5.9, and in some containers.
///
/// The table must be the process' own.
static int close_each(unsigned first) {
    int list = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (list >= 0) {
        int closed;
        // Closing changes the list that is being read, so it is read until nothing is left.
        while ((closed = close_listed(list, first)) > 0) continue;
        close(list);
        if (!closed) return 0;
    }
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit)) return -1;
    for (rlim_t number = first; number < limit.rlim_cur && number < 1 << 20; number++)
        close((int)number);
    return 0;
}

static int close_from(unsigned first) {
    if (!close_range(first, ~0U, 0)) return 0;
    return errno == ENOSYS || errno == EPERM ? close_each(first) : -1;
}

/// Leaves the old process' table of descriptors with a copy of what the program needs of it.
static int own_descriptors(struct start *start) {
    unsigned first = start->last_descriptor + 1;
    if (start->copies_all) return close_from(first);
    if (!close_range(first, ~0U, CLOSE_RANGE_UNSHARE)) return 0;
    start->must_copy_all = errno == ENOSYS || errno == EPERM;
    return -1;
}

/// Runs in the new process, on the memory of the old one, whose thread waits meanwhile.
static int become_program(void *context) {
    struct start *start = context;
    // The table of descriptors is that of the old process until here.
    int failed = own_descriptors(start) || setsid() < 0;
    for (int place = 0; place < 3 && !failed; place++)
        failed = dup2(reserved.descriptors[place], place) < 0;
    failed = failed || close_from(3) || reset_signals()
        || (start->directory && chdir(start->directory));
    if (!failed) execve(start->path, start->arguments, start->environment);
    start->error = errno;
    // Not by _exit, from which a sanitizer waits for a return on the memory that is ours too.
    return (int)syscall(SYS_exit_group, 127);
}

static int start_program(struct start *start, pid_t *process, int *watch) {
    // Enough for a few system calls, which is all that the new process does with it.
    _Alignas(16) char stack[16384];
    sigset_t all, before;
    sigfillset(&all);
    // No handler of this process may run in the new one.
    pthread_sigmask(SIG_SETMASK, &all, &before);
    *process = __clone(
        become_program, stack + sizeof stack,
        CLONE_VM | CLONE_VFORK | (start->copies_all ? 0 : CLONE_FILES) | CLONE_PIDFD | SIGCHLD,
        start, watch);
    int error = *process < 0 ? errno : start->error;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (*process < 0 || !error) return error;
    close(*watch);
    while (waitpid(*process, NULL, 0) < 0 && errno == EINTR) continue;
    return error;
}

int opsl_spawn(const char *path, char *const arguments[], char *const environment[],
               const char *directory, const int descriptors[3], pid_t *process, int *watch) {
    struct start start = {
        .path = path, .arguments = arguments, .environment = environment, .directory = directory};
    pthread_mutex_lock(&reserved.mutex);
    int error = place_descriptors(descriptors, &start.last_descriptor);
    if (!error) error = start_program(&start, process, watch);
    if (start.must_copy_all) {
        start.copies_all = 1;
        start.must_copy_all = start.error = 0;
        error = start_program(&start, process, watch);
    }
    clear_reserved();
    pthread_mutex_unlock(&reserved.mutex);
    return error;
}
