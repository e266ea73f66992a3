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

/// Three descriptors with low numbers, onto which a program's three are put before it starts.
///
/// The new process then copies the descriptors up to these and no others. To copy and close all that
/// this process has, hundreds when it runs many programs, takes longer than the rest of the start.
struct places {
    int descriptors[3];
    int are_taken;
};

/// As many as there are loops that start programs, on most machines; one more program at a time is
/// started with places of its own.
enum { RESERVED = 9 };

/// A thread that starts a program may wait for long, as where a file system does not answer. So the
/// mutex is held to take places and to give them back, and not meanwhile.
static struct {
    pthread_mutex_t mutex;
    int are_open;
    /// Stays open on /dev/null.
    int null;
    struct places places[RESERVED];
} reserved = {.mutex = PTHREAD_MUTEX_INITIALIZER};

/// `clone` by glibc's other name: a sanitizer takes the first one for a fork, and the new process
/// works on our memory.
int __clone(int (*function)(void *), void *stack, int flags, void *argument, ...);

struct start {
    const char *path;
    char *const *arguments;
    char *const *environment;
    const char *directory;
    /// Where the program's three descriptors are.
    const int *descriptors;
    /// Nothing above it is copied.
    unsigned last_descriptor;
    /// Whether the new process begins with a table of descriptors of its own, a copy of all.
    int copies_all;
    /// Whether a part of the table cannot be copied here, so that all has to be.
    int must_copy_all;
    /// What went wrong before the program was there.
    int error;
};

static void close_places(struct places *places) {
    for (int place = 0; place < 3; place++)
        if (places->descriptors[place] >= 0) close(places->descriptors[place]);
}

/// Opens descriptors that hold places until a program's are put there.
static int open_places(struct places *places) {
    int error = 0;
    for (int place = 0; place < 3; place++) {
        places->descriptors[place] = error ? -1 : fcntl(reserved.null, F_DUPFD_CLOEXEC, 3);
        if (!error && places->descriptors[place] < 0) error = errno;
    }
    if (error) close_places(places);
    return error;
}

/// Opens all that is reserved; the mutex is held.
static int open_reserved(void) {
    if (reserved.are_open) return 0;
    reserved.null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (reserved.null < 0) return errno;
    for (int set = 0; set < RESERVED; set++) {
        int error = open_places(&reserved.places[set]);
        if (!error) continue;
        while (set-- > 0) close_places(&reserved.places[set]);
        close(reserved.null);
        return error;
    }
    reserved.are_open = 1;
    return 0;
}

/// Finds places that no other thread has; `own` are opened where all are taken.
static int take_places(struct places *own, struct places **places) {
    pthread_mutex_lock(&reserved.mutex);
    int error = open_reserved();
    *places = NULL;
    for (int set = 0; set < RESERVED && !error && !*places; set++) {
        if (reserved.places[set].are_taken) continue;
        *places = &reserved.places[set];
        (*places)->are_taken = 1;
    }
    pthread_mutex_unlock(&reserved.mutex);
    if (error || *places) return error;
    *places = own;
    return open_places(own);
}

/// Lets go of the program's descriptors, so that their other ends see when the program does.
static void give_back(struct places *own, struct places *places) {
    if (places == own) {
        close_places(own);
        return;
    }
    for (int place = 0; place < 3; place++)
        dup3(reserved.null, places->descriptors[place], O_CLOEXEC);
    pthread_mutex_lock(&reserved.mutex);
    places->are_taken = 0;
    pthread_mutex_unlock(&reserved.mutex);
}

/// Puts the program's descriptors onto their places.
static int place_descriptors(const int descriptors[3], struct places *places, unsigned *last) {
    *last = 0;
    for (int place = 0; place < 3; place++) {
        int target = places->descriptors[place];
        if (dup3(descriptors[place] < 0 ? reserved.null : descriptors[place], target, O_CLOEXEC) < 0)
            return errno;
        if ((unsigned)target > *last) *last = (unsigned)target;
    }
    return 0;
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
        failed = dup2(start->descriptors[place], place) < 0;
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
    struct places own, *places;
    int error = take_places(&own, &places);
    if (error) return error;
    start.descriptors = places->descriptors;
    error = place_descriptors(descriptors, places, &start.last_descriptor);
    if (!error) error = start_program(&start, process, watch);
    if (start.must_copy_all) {
        start.copies_all = 1;
        start.must_copy_all = start.error = 0;
        error = start_program(&start, process, watch);
    }
    give_back(&own, places);
    return error;
}
