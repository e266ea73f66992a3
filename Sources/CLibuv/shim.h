#pragma once
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <uv.h>

/// Whether handles wait to be registered with the kernel, which happens at the next poll only.
/// A host that polls the backend descriptor itself must let the loop turn once more before it
/// sleeps. The queue is a circular list whose head points at itself when it is empty.
static inline int opsloop_has_unregistered_watchers(const uv_loop_t *loop) {
    const void *head = (const void *)&loop->watcher_queue;
    return *(const void *const *)head != head;
}

/// Names the current thread; `prctl` takes a variable number of arguments, which Swift does not call.
static inline void opsloop_name_thread(const char *name) {
    prctl(PR_SET_NAME, name, 0, 0, 0);
}
