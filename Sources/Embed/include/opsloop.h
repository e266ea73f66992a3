/*
** opsloop.h: OpsLoop inside of another program.
**
** The library runs a whole OpsLoop in the host's process: the store, the events, the plugins and
** all their methods, without a socket. Everything that crosses this boundary is text: requests and
** answers are JSON-RPC 2.0 messages, the same ones that a client sends to opsloopd.
**
**     opsloop *ops;
**     char *error;
**     if (opsloop_create("{\"data\": \"ops-data\"}", &ops, &error) != OPSLOOP_OK) ...
**     if (opsloop_start(ops, &error) != OPSLOOP_OK) ...
**     opsloop_run(ops, &error);
**     char *answer;
**     opsloop_call_sync(ops, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"system.ping\"}", 0, &answer);
**     opsloop_free(answer);
**     opsloop_destroy(ops);
**
** THE LOOP
**
** One instance has one event loop, on which everything of it runs: plugins, timers, callbacks.
** After opsloop_start the host chooses who drives it:
**
**   - opsloop_run gives it a thread of its own, or
**   - the host's own loop watches the descriptor opsloop_fd for reading and calls
**     opsloop_step(ops, 0) whenever it is readable. The descriptor covers timers as well, so the
**     host may sleep on it for as long as it likes.
**
** Reading and writing the database happens on threads of the library; what waits for it comes back
** to the loop.
**
** THREADS
**
** opsloop_call, opsloop_call_sync, opsloop_subscribe, opsloop_unsubscribe, opsloop_emit,
** opsloop_reply and opsloop_wakeup may be called from any thread and from callbacks, except that
** opsloop_call_sync from a callback would wait for itself and returns OPSLOOP_EBUSY. What they ask
** for is queued and done after the callback has returned. The other functions belong to one thread
** at a time, and return OPSLOOP_EBUSY when they are called from a callback.
**
** Callbacks come one at a time, and never from inside of the function that they were given to.
** They come on the loop's thread; those that opsloop_stop answers in the end come on the thread
** that called it. A callback must not block, and must not throw or jump out.
**
** Several instances live in one process, each on a data folder of its own.
**
** MEMORY AND ERRORS
**
** Functions return OPSLOOP_OK or a negative code. Where there is a parameter `char **error` it
** gets a JSON object {"kind": WORD, "message": SENTENCE, ...} that says what is wrong and where;
** it may be NULL. What the library hands out through a `char **` belongs to the host, which gives
** it back with opsloop_free. Text that a callback gets is the library's and is gone when the
** callback returns. Text is UTF-8. Lengths are in bytes; where a length of 0 is given with text
** that is not empty, the text ends at its zero byte.
**
** WHAT THE LIBRARY LEAVES ALONE
**
** It installs no signal handlers, writes nothing to the standard streams, never calls exit, and
** changes neither the working folder nor the locale nor the environment. A peer that goes away is
** an error, not a SIGPIPE. A log exists for those who ask for it: opsloop_on_log.
**
** VERSIONS
**
** Functions are added, never changed or removed, under one soname. Structures begin with their
** size, so that a host that was compiled against an older header goes on to work.
*/
#ifndef OPSLOOP_H
#define OPSLOOP_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
** CODES
*/
#define OPSLOOP_OK 0         /* Done. */
#define OPSLOOP_EINVAL (-1)  /* An argument, the configuration or a manifest is wrong. */
#define OPSLOOP_ESTATE (-2)  /* Not started yet, started already, or stopped. */
#define OPSLOOP_EBUSY (-3)   /* Called from a callback, or while another thread drives the loop. */
#define OPSLOOP_EINUSE (-4)  /* Another process or instance has the data folder. */
#define OPSLOOP_EPLUGIN (-5) /* A plugin did not start. */
#define OPSLOOP_EIO (-6)     /* The data folder or the database can't be used, or the system gives no
                                more threads or descriptors. */
#define OPSLOOP_ETIME (-7)   /* Not done within the deadline. */
#define OPSLOOP_EFAILED (-8) /* The library failed; the log says why. */

/* An instance. */
typedef struct opsloop opsloop;

/* A call that a plugin of the host has to answer. */
typedef struct opsloop_request opsloop_request;

/*
** The library's version, such as "0.2.0". The text is static.
*/
const char *opsloop_version(void);

/*
** CREATING AN INSTANCE
**
** The configuration is a JSON object: what plugins.json may say, and `data`, the folder that holds
** everything. Only `data` is required. The plugins that come with OpsLoop run when they are listed.
**
**     {"data": "/var/lib/host/ops",
**      "core": {"event_retention_days": 30},
**      "plugins": [{"name": "monitoring", "config": {"checks": []}}]}
**
** Nothing outside of the process is touched before opsloop_start. On success *out is an instance
** that opsloop_destroy takes back; otherwise *out is NULL.
**
** OPSLOOP_EINVAL: the configuration is no JSON, or a member is unknown, missing or wrong; the error
** names it.
*/
int opsloop_create(const char *configuration, opsloop **out, char **error);

/*
** THE LOG
**
** The library logs to nobody. This gives the instance's log to a function: one call an entry, a
** JSON object {"level": ..., "message": ..., ...}. It is called from any thread, one at a time, and
** must not call back into the library. Before opsloop_start. `level` is the least that is wanted:
** "trace", "debug", "info", "notice", "warning", "error" or "critical".
**
** OPSLOOP_EINVAL: there is no such level. OPSLOOP_ESTATE: started already.
*/
typedef void (*opsloop_log_fn)(void *user, const char *entry, size_t length);
int opsloop_on_log(opsloop *ops, const char *level, opsloop_log_fn log, void *user);

/*
** A PLUGIN OF THE HOST
**
** The host offers methods of its own: they appear in rpc.discover, their parameters are validated
** against the manifest, and every caller finds them, other plugins included.
**
** `manifest` is what an external plugin answers to plugin.describe: name, version, summary, methods
** with JSON schemas, events. Methods and events begin with the plugin's name and a dot.
**
**   start   called on the loop when the plugin starts, before any call; `config` is the `config` of
**           its entry under `plugins`, or {}. Anything but 0 stops the start. May be NULL.
**   call    called on the loop for each call. `params` is an object, with what the call was made
**           with under `_meta` (principal, request_id, dry_run, timeout_ms, ...). Each request is
**           answered once with opsloop_reply, now or later, from any thread.
**   stop    called on the loop after the last call. May be NULL.
**
** The structure is copied; `user` must live until stop was called. Register before opsloop_start.
** A registered plugin runs without an entry under `plugins`; an entry may configure or disable it.
**
** OPSLOOP_EINVAL: the structure or the manifest is wrong. OPSLOOP_ESTATE: started already.
*/
#define OPSLOOP_PLUGIN_VERSION 1

typedef struct opsloop_plugin {
    size_t size;      /* sizeof(opsloop_plugin) */
    uint32_t version; /* OPSLOOP_PLUGIN_VERSION */
    const char *manifest;
    void *user;
    int (*start)(void *user, const char *config, size_t length);
    void (*call)(
        void *user, opsloop_request *request, const char *method, const char *params,
        size_t length);
    void (*stop)(void *user);
} opsloop_plugin;

int opsloop_register_plugin(opsloop *ops, const opsloop_plugin *plugin, char **error);

/*
** Answers a request, which is gone afterwards. With OPSLOOP_OK `json` is the result, an object;
** with any other code it is an error {"code": 2000 or more, "kind": WORD, "message": SENTENCE}.
** NULL stands for {} or for an internal error. An answer to a call that was given up is dropped.
**
** OPSLOOP_EINVAL: `json` is not what it should be; the caller gets an internal error.
*/
int opsloop_reply(opsloop_request *request, int code, const char *json, size_t length);

/*
** Announces an event of one of the host's plugins: {"topic": ..., "ref": ..., "data": ...}; ref and
** data may be left out. The plugin's manifest names the topic. When `done` is not NULL it is called
** once: with {"seq": N} when the event is on the disk, or with {"error": {...}}.
**
** OPSLOOP_EINVAL: this is no event, or no registered plugin announces the topic.
** OPSLOOP_ESTATE: not running. `done` is not called then.
*/
typedef void (*opsloop_reply_fn)(void *user, const char *json, size_t length);
int opsloop_emit(
    opsloop *ops, const char *event, size_t length, opsloop_reply_fn done, void *user,
    char **error);

/*
** STARTING
**
** Locks the data folder, opens the database, starts the plugins, and returns when everything runs.
** The loop is driven by the calling thread meanwhile, which therefore may get callbacks. A start
** that failed has undone itself and may be tried again.
**
** OPSLOOP_EINVAL: a plugin's settings are wrong, or the plugin does not exist.
** OPSLOOP_EINUSE, OPSLOOP_EIO, OPSLOOP_EPLUGIN: see above. OPSLOOP_ESTATE: started already.
*/
int opsloop_start(opsloop *ops, char **error);

/*
** Gives the started loop a thread of its own, and returns at once. The thread has SIGPIPE blocked
** and inherits the signal mask of the caller otherwise.
**
** OPSLOOP_EIO: the process gets no thread; nothing has changed. OPSLOOP_ESTATE: not started, or it has
** a thread already. OPSLOOP_EBUSY: see above.
*/
int opsloop_run(opsloop *ops, char **error);

/*
** The descriptor that is readable when opsloop_step has something to do. It belongs to the library,
** must only be watched (poll, epoll, select, libuv, GLib, asyncio...), and is valid until
** opsloop_destroy. Negative: a code; OPSLOOP_ESTATE before opsloop_start and after opsloop_run.
*/
int opsloop_fd(opsloop *ops);

/*
** Runs what is ready and returns; waits up to `timeout_ms` milliseconds for something when nothing
** is (0: not at all, -1: for as long as it takes). All of it happens on the calling thread.
**
** 1: the loop goes on. 0: it has stopped. OPSLOOP_EBUSY: another thread is in it, or this is a
** callback. OPSLOOP_ESTATE: not started, or it has a thread of its own.
*/
int opsloop_step(opsloop *ops, int timeout_ms);

/*
** Lets an opsloop_step that waits return soon. From any thread; not from signal handlers.
*/
int opsloop_wakeup(opsloop *ops);

/*
** CALLING
**
** Hands over a JSON-RPC 2.0 message: a request, a notification or a batch. When this returns
** OPSLOOP_OK, `reply` is called exactly once: with the answer, one JSON text; with NULL and 0 for a
** message that has no answer; with an error when the instance stops first. With any other code it
** is never called. `reply` may be NULL.
**
** The instance's calls are those of one connection: ids of calls in flight differ, and the
** notification $/cancelRequest {"id": ...} gives one up. The principal in the audit log is the
** process's user, "uid:1000".
**
** OPSLOOP_ESTATE: not started, or stopped. Bad JSON is no error here; the answer says it.
*/
int opsloop_call(
    opsloop *ops, const char *message, size_t length, opsloop_reply_fn reply, void *user);

/*
** Hands a message over and waits for its answer, which the host frees; *answer is NULL for a message
** that has none. The message's id is its own affair: it may be the same in every call.
**
** When the host steps the loop, this steps it meanwhile on the thread that started or last stepped
** it; other threads wait until that thread steps, and so does this one when another has taken over. A call that must not wait for ever says so in
** params._meta.timeout_ms.
**
** OPSLOOP_EBUSY: from a callback. OPSLOOP_ESTATE: not started, or stopped.
*/
int opsloop_call_sync(opsloop *ops, const char *message, size_t length, char **answer);

/*
** EVENTS
**
** Calls `event` with every event that `params` asks for, in order; params is that of the method
** event.subscribe: {"topics": ["check.*"], "from_seq": 17}. NULL means all topics from now on. With
** from_seq the past comes first, without gap or duplicate.
**
** An event is {"seq": ..., "at": ..., "topic": ..., "ref": ..., "data": ...}. The next one comes when
** the callback has returned; until then events wait in the log on the disk, so a slow host loses
** nothing and keeps nobody waiting. When the subscription has ended, by opsloop_unsubscribe or
** because the instance stops, `event` is called one last time with NULL and 0: then the host may
** free what `user` points to.
**
** OPSLOOP_EINVAL: a topic or a member is wrong. OPSLOOP_ESTATE: not started, or stopped.
*/
typedef void (*opsloop_event_fn)(void *user, const char *event, size_t length);
int opsloop_subscribe(
    opsloop *ops, const char *params, opsloop_event_fn event, void *user, uint64_t *subscription,
    char **error);

/*
** Ends a subscription. It has ended when `event` was called with NULL; until then one that was
** under way may still come. OPSLOOP_EINVAL: there is none of that number, or it has ended.
*/
int opsloop_unsubscribe(opsloop *ops, uint64_t subscription);

/*
** STOPPING
**
** Stops the plugins, ends subscriptions, writes what is in memory, closes the database. Every call
** that is not answered yet is answered with an error. What was answered before is on the disk.
** Waits up to `deadline_ms` (-1: as long as it takes); the loop is driven meanwhile.
**
** OPSLOOP_ETIME: not done yet; it goes on, and another call or opsloop_destroy waits for it.
** OPSLOOP_EBUSY: from a callback, or while another thread drives the loop or starts the instance;
** nothing has begun. OPSLOOP_OK also when it was never started or has stopped already.
*/
int opsloop_stop(opsloop *ops, int deadline_ms);

/*
** Stops the instance if need be and frees it. NULL is harmless. Nobody may use the instance any
** more; a request that was not answered may still be given to opsloop_reply.
**
** OPSLOOP_EBUSY: as of opsloop_stop; nothing has begun, and the instance is still there.
*/
int opsloop_destroy(opsloop *ops);

/*
** Frees a text that the library handed out. NULL is harmless.
*/
void opsloop_free(char *text);

#ifdef __cplusplus
}
#endif

#endif /* OPSLOOP_H */
