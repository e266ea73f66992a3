/* Holds the library to what opsloop.h promises: one check a promise.
 *     contract DATA-FOLDER
 * Prints what is broken and exits with 1, or says "kept". */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* for the default size of stacks */
#endif
#include <opsloop.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int broken;

#define PROMISE(condition, what) \
    do { \
        if (!(condition)) { \
            printf("broken: %s (line %d)\n", what, __LINE__); \
            broken = 1; \
        } \
    } while (0)

static char folder[2048];

/* A configuration with a data folder of its own. */
static const char *configuration(const char *name, const char *more) {
    static _Thread_local char text[8192];
    snprintf(text, sizeof text, "{\"data\": \"%s/%s\"%s}", folder, name, more);
    return text;
}

static opsloop *started(const char *name) {
    opsloop *ops = NULL;
    char *error = NULL;
    if (opsloop_create(configuration(name, ""), &ops, &error) != OPSLOOP_OK
        || opsloop_start(ops, &error) != OPSLOOP_OK) {
        printf("broken: %s does not start: %s\n", name, error);
        exit(1);
    }
    return ops;
}

static opsloop *running(const char *name) {
    opsloop *ops = started(name);
    PROMISE(opsloop_run(ops, NULL) == OPSLOOP_OK, "run");
    return ops;
}

/* A text callback that counts, and remembers what it was given last. */
typedef struct {
    atomic_int count, ends;
    char last[4096];
} heard;

static void hear(void *user, const char *text, size_t length) {
    heard *h = user;
    if (text == NULL) {
        atomic_fetch_add(&h->ends, 1);
    } else {
        snprintf(h->last, sizeof h->last, "%.*s", (int)length, text);
    }
    atomic_fetch_add(&h->count, 1);
}

static const char ping[] = "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"system.ping\"}";

/* MISTAKES: each is told, with the member that is wrong. */

static void refuses(const char *text, int code, const char *word) {
    opsloop *ops = (opsloop *)&ops;
    char *error = NULL;
    int got = opsloop_create(text, &ops, &error);
    if (got == OPSLOOP_OK) got = opsloop_start(ops, &error);
    PROMISE(got == code, text);
    PROMISE(error != NULL && strstr(error, word) != NULL, error ? error : "no error text");
    opsloop_free(error);
    opsloop_destroy(ops);
}

static void mistakes(void) {
    refuses("{", OPSLOOP_EINVAL, "parse_error");
    refuses("[]", OPSLOOP_EINVAL, "object");
    refuses("{}", OPSLOOP_EINVAL, "data");
    refuses("{\"data\": 1}", OPSLOOP_EINVAL, "data");
    refuses(configuration("m", ", \"plugin\": []"), OPSLOOP_EINVAL, "plugin");
    refuses(configuration("m", ", \"plugins\": [{\"name\": \"monitorin\"}]"), OPSLOOP_EINVAL,
            "did you mean monitoring?");
    refuses("{\"data\": \"/proc/none\"}", OPSLOOP_EIO, "/proc/none");

    char *error = NULL;
    opsloop *ops;
    PROMISE(opsloop_create(NULL, &ops, &error) == OPSLOOP_EINVAL, "NULL configuration");
    PROMISE(ops == NULL && error != NULL, "out and error are set");
    opsloop_free(error);
    PROMISE(opsloop_create("{}", NULL, NULL) == OPSLOOP_EINVAL, "NULL out");
    PROMISE(opsloop_destroy(NULL) == OPSLOOP_OK, "destroying NULL");
    opsloop_free(NULL);
    PROMISE(opsloop_step(NULL, 0) == OPSLOOP_EINVAL, "stepping NULL");
    PROMISE(strlen(opsloop_version()) >= 5, "the version");
}

/* STATES: what is called too early or too late says so. */

static void states(void) {
    opsloop *ops = NULL;
    char *answer = (char *)"";
    heard h = {0};
    opsloop_create(configuration("states", ""), &ops, NULL);
    PROMISE(opsloop_call(ops, ping, 0, hear, &h) == OPSLOOP_ESTATE, "call before start");
    PROMISE(opsloop_fd(ops) == OPSLOOP_ESTATE, "fd before start");
    PROMISE(opsloop_step(ops, 0) == OPSLOOP_ESTATE, "step before start");
    PROMISE(opsloop_run(ops, NULL) == OPSLOOP_ESTATE, "run before start");
    PROMISE(opsloop_wakeup(ops) == OPSLOOP_ESTATE, "wakeup before start");
    PROMISE(opsloop_stop(ops, 0) == OPSLOOP_OK, "stop before start");
    PROMISE(opsloop_start(ops, NULL) == OPSLOOP_OK, "start");
    PROMISE(opsloop_start(ops, NULL) == OPSLOOP_ESTATE, "start twice");
    PROMISE(opsloop_on_log(ops, "info", hear, &h) == OPSLOOP_ESTATE, "log after start");
    PROMISE(opsloop_run(ops, NULL) == OPSLOOP_OK, "run");
    PROMISE(opsloop_run(ops, NULL) == OPSLOOP_ESTATE, "run twice");
    PROMISE(opsloop_step(ops, 0) == OPSLOOP_ESTATE, "step beside a thread");
    PROMISE(opsloop_fd(ops) == OPSLOOP_ESTATE, "fd beside a thread");
    PROMISE(opsloop_stop(ops, -1) == OPSLOOP_OK, "stop");
    PROMISE(opsloop_stop(ops, -1) == OPSLOOP_OK, "stop twice");
    PROMISE(opsloop_call(ops, ping, 0, hear, &h) == OPSLOOP_ESTATE, "call after stop");
    PROMISE(opsloop_call_sync(ops, ping, 0, &answer) == OPSLOOP_ESTATE, "call_sync after stop");
    PROMISE(answer == NULL, "no answer after stop");
    PROMISE(
        opsloop_subscribe(ops, NULL, hear, &h, NULL, NULL) == OPSLOOP_ESTATE,
        "subscribe after stop");
    PROMISE(h.count == 0, "no callback for what was refused");
    opsloop_destroy(ops);
}

/* CALLS */

static void calls(void) {
    opsloop *ops = running("calls");
    char *answer = NULL;
    opsloop_call_sync(ops, ping, 0, &answer);
    PROMISE(
        answer && !strcmp(answer, "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"pong\":true}}"),
        "the answer to a ping");
    opsloop_free(answer);
    /* Lengths count, not zero bytes. */
    char longer[256];
    snprintf(longer, sizeof longer, "%s and more", ping);
    opsloop_call_sync(ops, longer, strlen(ping), &answer);
    PROMISE(answer && strstr(answer, "pong"), "a length");
    opsloop_free(answer);
    opsloop_call_sync(ops, "{nonsense", 0, &answer);
    PROMISE(answer && strstr(answer, "-32700"), "bad JSON is answered");
    opsloop_free(answer);
    PROMISE(
        opsloop_call_sync(ops, "{\"jsonrpc\":\"2.0\",\"method\":\"system.ping\"}", 0, &answer)
                == OPSLOOP_OK && answer == NULL, "a notification has no answer");
    char batch[512];
    snprintf(batch, sizeof batch, "[%s,{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"system.info\"}]", ping);
    opsloop_call_sync(ops, batch, 0, &answer);
    PROMISE(
        answer && answer[0] == '[' && strstr(answer, "\"id\":7") && strstr(answer, "\"id\":8"),
        "a batch");
    opsloop_free(answer);
    opsloop_destroy(ops);
}

/* MANY THREADS at once, each with the same id, and a second instance beside. */

typedef struct {
    opsloop *ops;
    heard heard;
    int good;
} caller;

static void *call_often(void *argument) {
    caller *c = argument;
    for (int index = 0; index < 200; index++) {
        char *answer = NULL;
        if (opsloop_call_sync(c->ops, ping, 0, &answer) == OPSLOOP_OK && answer) c->good++;
        opsloop_free(answer);
        char request[128];
        snprintf(
            request, sizeof request, "{\"jsonrpc\":\"2.0\",\"id\":\"%p-%d\",\"method\":\"%s\"}",
            argument, index, index % 2 ? "system.ping" : "system.info");
        opsloop_call(c->ops, request, 0, hear, &c->heard);
    }
    return NULL;
}

static void threads(void) {
    opsloop *ops[2] = {running("threads-a"), running("threads-b")};
    pthread_t ids[8];
    static caller callers[8];
    for (int index = 0; index < 8; index++) {
        callers[index].ops = ops[index % 2];
        pthread_create(&ids[index], NULL, call_often, &callers[index]);
    }
    for (int index = 0; index < 8; index++) pthread_join(ids[index], NULL);
    opsloop_destroy(ops[0]);
    opsloop_destroy(ops[1]);
    for (int index = 0; index < 8; index++) {
        PROMISE(callers[index].good == 200, "every synchronous call is answered");
        PROMISE(callers[index].heard.count == 200, "every reply is given exactly once");
    }
}

/* ONE FOLDER has one owner. */

static void owner(void) {
    opsloop *first = running("owner"), *second = NULL;
    char *error = NULL;
    opsloop_create(configuration("owner", ""), &second, NULL);
    PROMISE(opsloop_start(second, &error) == OPSLOOP_EINUSE, "a second owner");
    PROMISE(error && strstr(error, "in_use") && strstr(error, "owner"), "names the folder");
    opsloop_free(error);
    opsloop_destroy(first);
    PROMISE(opsloop_start(second, NULL) == OPSLOOP_OK, "a start that failed may be tried again");
    opsloop_destroy(second);
}

/* A PLUGIN that answers when it likes. */

typedef struct {
    opsloop *ops;
    opsloop_request *kept;
    int started, stopped, calls, reentry, start_status;
    char params[1024];
} slow_plugin;

static int plugin_start(void *user, const char *config, size_t length) {
    slow_plugin *p = user;
    (void)config, (void)length;
    p->started++;
    return p->start_status;
}

static void plugin_call(
    void *user, opsloop_request *request, const char *method, const char *params, size_t length) {
    slow_plugin *p = user;
    (void)method;
    p->calls++;
    snprintf(p->params, sizeof p->params, "%.*s", (int)length, params);
    char *answer = NULL;
    p->reentry = opsloop_call_sync(p->ops, ping, 0, &answer) == OPSLOOP_EBUSY
        && opsloop_stop(p->ops, 0) == OPSLOOP_EBUSY && opsloop_destroy(p->ops) == OPSLOOP_EBUSY
        && opsloop_step(p->ops, 0) == OPSLOOP_EBUSY;
    p->kept = request;
}

static void plugin_stop(void *user) { ((slow_plugin *)user)->stopped++; }

static const char manifest[] =
    "{\"name\":\"slow\",\"version\":\"1\",\"summary\":\"Takes its time.\","
    "\"config_schema\":{\"type\":\"object\",\"properties\":{\"pace\":{\"type\":\"integer\"}},"
    "\"additionalProperties\":false},"
    "\"events\":[{\"topic\":\"slow.done\",\"summary\":\"It is done.\"}],"
    "\"methods\":[{\"name\":\"slow.wait\",\"effect\":\"read\",\"result\":{\"type\":\"object\"},"
    "\"params\":{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\"}}}}]}";

static const char wait_call[] =
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"slow.wait\",\"params\":{\"n\":1}}";

static opsloop *with_plugin(const char *name, const char *more, slow_plugin *p, int *code) {
    opsloop *ops = NULL;
    opsloop_create(configuration(name, more), &ops, NULL);
    opsloop_plugin plugin = {
        sizeof plugin, OPSLOOP_PLUGIN_VERSION, manifest, p, plugin_start, plugin_call, plugin_stop};
    PROMISE(opsloop_register_plugin(ops, &plugin, NULL) == OPSLOOP_OK, "register");
    PROMISE(opsloop_register_plugin(ops, &plugin, NULL) == OPSLOOP_EINVAL, "register twice");
    p->ops = ops;
    *code = opsloop_start(ops, NULL);
    return ops;
}

static void late_answers(void) {
    slow_plugin p = {0};
    heard h = {0};
    int code;
    opsloop *ops = with_plugin("late", "", &p, &code);
    PROMISE(code == OPSLOOP_OK && p.started == 1, "the plugin starts");
    opsloop_call(ops, wait_call, 0, hear, &h);
    while (p.kept == NULL) opsloop_step(ops, -1);
    PROMISE(h.count == 0, "not answered yet");
    PROMISE(p.reentry, "what would wait for itself is refused in a callback");
    PROMISE(strstr(p.params, "\"principal\":\"uid:"), "the plugin learns who calls");
    PROMISE(opsloop_reply(p.kept, OPSLOOP_OK, "{\"n\":2}", 0) == OPSLOOP_OK, "reply");
    while (h.count == 0) opsloop_step(ops, -1);
    PROMISE(strstr(h.last, "\"result\":{\"n\":2}"), "the plugin's answer");
    /* An error of the plugin's own, and one that is none. */
    for (int index = 0; index < 2; index++) {
        p.kept = NULL, h.count = 0;
        opsloop_call(ops, wait_call, 0, hear, &h);
        while (p.kept == NULL) opsloop_step(ops, -1);
        const char *error = index == 0 ? "{\"code\":2001,\"kind\":\"tired\",\"message\":\"No.\"}" : "{}";
        PROMISE(
            opsloop_reply(p.kept, -1, error, 0) == (index ? OPSLOOP_EINVAL : OPSLOOP_OK), "reply");
        while (h.count == 0) opsloop_step(ops, -1);
        PROMISE(strstr(h.last, index ? "-32603" : "\"kind\":\"tired\""), "the plugin's error");
    }
    /* A call that is given up is answered once; the plugin's answer is dropped. */
    p.kept = NULL, h.count = 0;
    opsloop_call(
        ops, "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"slow.wait\",\"params\":"
             "{\"_meta\":{\"timeout_ms\":20}}}", 0, hear, &h);
    while (h.count == 0) opsloop_step(ops, -1);
    PROMISE(strstr(h.last, "1007"), "the deadline");
    PROMISE(opsloop_reply(p.kept, OPSLOOP_OK, "{}", 0) == OPSLOOP_OK, "a late reply");
    PROMISE(opsloop_call(ops, ping, 0, NULL, NULL) == OPSLOOP_OK, "a call without a callback");
    opsloop_destroy(ops);
    PROMISE(h.count == 1 && p.stopped == 1, "answered once, stopped once");
}

/* DESTROY while calls are in flight: each is answered exactly once, with an error. */

static void in_flight(int threaded) {
    slow_plugin p = {0};
    heard h = {0}, events = {0};
    int code;
    opsloop *ops = with_plugin(threaded ? "flight-a" : "flight-b", "", &p, &code);
    if (threaded) opsloop_run(ops, NULL);
    char request[256];
    for (int index = 0; index < 50; index++) {
        snprintf(
            request, sizeof request, "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\"}", index,
            index % 2 ? "slow.wait" : "event.read");
        PROMISE(opsloop_call(ops, request, 0, hear, &h) == OPSLOOP_OK, "call");
    }
    opsloop_subscribe(ops, NULL, hear, &events, NULL, NULL);
    PROMISE(opsloop_destroy(ops) == OPSLOOP_OK, "destroy");
    PROMISE(h.count == 50, "every call is answered exactly once");
    PROMISE(events.ends == 1, "the subscription ends once");
    if (p.kept) opsloop_reply(p.kept, OPSLOOP_OK, "{}", 0); /* After the end: dropped. */
}

/* A plugin that does not start. */

static void bad_plugins(void) {
    slow_plugin p = {.start_status = 3};
    int code;
    opsloop *ops = with_plugin("bad-a", "", &p, &code);
    PROMISE(code == OPSLOOP_EPLUGIN && p.stopped == 0, "a plugin that refuses to start");
    opsloop_destroy(ops);
    p = (slow_plugin){0};
    ops = with_plugin(
        "bad-b", ", \"plugins\": [{\"name\": \"slow\", \"config\": {\"pace\": \"x\"}}]", &p, &code);
    PROMISE(code == OPSLOOP_EINVAL && p.started == 0, "settings against the schema");
    opsloop_destroy(ops);
    p = (slow_plugin){0};
    ops = with_plugin(
        "bad-c", ", \"plugins\": [{\"name\": \"slow\", \"enabled\": false}]", &p, &code);
    PROMISE(code == OPSLOOP_OK && p.started == 0, "a plugin that is disabled");
    opsloop_destroy(ops);

    opsloop_create(configuration("bad-d", ""), &ops, NULL);
    const char *manifests[] = {
        "{", "{\"name\":\"x\"}", "{\"name\":\"x\",\"version\":\"1\",\"methods\":[{}]}",
        "{\"name\":\"x\",\"version\":\"1\",\"events\":[{\"topic\":\"y.z\"}]}",
        "{\"name\":\"x\",\"version\":\"1\",\"methods\":[{\"name\":\"y.z\",\"effect\":\"read\","
        "\"params\":{\"type\":\"object\"},\"result\":{\"type\":\"object\"}}]}"};
    for (size_t index = 0; index < sizeof manifests / sizeof *manifests; index++) {
        opsloop_plugin plugin = {
            sizeof plugin, OPSLOOP_PLUGIN_VERSION, manifests[index], NULL, NULL, plugin_call, NULL};
        char *error = NULL;
        PROMISE(
            opsloop_register_plugin(ops, &plugin, &error) == OPSLOOP_EINVAL && error,
            manifests[index]);
        opsloop_free(error);
        plugin.size = 4;
        PROMISE(opsloop_register_plugin(ops, &plugin, NULL) == OPSLOOP_EINVAL, "a wrong size");
    }
    opsloop_destroy(ops);
}

/* EVENTS */

static void events(void) {
    slow_plugin p = {0};
    heard done = {0}, all = {0}, some = {0};
    int code;
    char *error = NULL;
    uint64_t number = 0;
    opsloop *ops = with_plugin("events", "", &p, &code);
    PROMISE(
        opsloop_emit(ops, "{\"topic\":\"check.created\"}", 0, hear, &done, &error)
            == OPSLOOP_EINVAL, "somebody else's topic");
    PROMISE(error && strstr(error, "topic"), "names the member");
    opsloop_free(error);
    PROMISE(
        opsloop_subscribe(ops, "{\"topics\":[\"*x\"]}", hear, &some, NULL, &error)
            == OPSLOOP_EINVAL && strstr(error, "topics[0]"), "a bad pattern");
    opsloop_free(error);
    for (int index = 0; index < 600; index++)
        PROMISE(
            opsloop_emit(
                ops, "{\"topic\":\"slow.done\",\"ref\":\"slow:1\",\"data\":{}}", 0, hear, &done, NULL)
                == OPSLOOP_OK, "emit");
    opsloop_subscribe(ops, "{\"topics\":[\"slow.*\"],\"from_seq\":1}", hear, &all, &number, NULL);
    opsloop_subscribe(ops, "{\"topics\":[\"other.*\"],\"from_seq\":1}", hear, &some, NULL, NULL);
    while (done.count < 600 || all.count < 600) opsloop_step(ops, -1);
    PROMISE(strstr(all.last, "\"seq\":600"), "all of them, in order");
    PROMISE(some.count == 0, "only what was asked for");
    PROMISE(opsloop_unsubscribe(ops, number) == OPSLOOP_OK, "unsubscribe");
    while (all.ends == 0) opsloop_step(ops, -1);
    PROMISE(opsloop_unsubscribe(ops, number) == OPSLOOP_EINVAL, "unsubscribe twice");
    opsloop_destroy(ops);
    PROMISE(all.count == 601 && all.ends == 1, "ended once");
    PROMISE(some.ends == 1, "the stop ends the rest");
}

/* THE HOST'S LOOP: the descriptor wakes for timers and for other threads. */

static void *wake(void *ops) {
    opsloop_wakeup(ops);
    return NULL;
}

static void *step_elsewhere(void *ops) {
    return (void *)(intptr_t)opsloop_step(ops, 0);
}

static void host_loop(void) {
    slow_plugin p = {0};
    heard h = {0};
    int code;
    opsloop *ops = with_plugin("loop", "", &p, &code);
    int descriptor = opsloop_fd(ops);
    PROMISE(descriptor == opsloop_fd(ops), "one descriptor");
    struct pollfd watched = {.fd = descriptor, .events = POLLIN};
    /* Only a timer of OpsLoop can end this wait. */
    opsloop_call(
        ops, "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"slow.wait\",\"params\":"
             "{\"_meta\":{\"timeout_ms\":30}}}", 0, hear, &h);
    while (h.count == 0) {
        PROMISE(poll(&watched, 1, 10000) == 1, "the descriptor wakes for a timer");
        PROMISE(opsloop_step(ops, 0) == 1, "step");
    }
    /* A call from this thread steps by itself; one from another thread waits for the steps. */
    char *answer = NULL;
    PROMISE(opsloop_call_sync(ops, ping, 0, &answer) == OPSLOOP_OK && answer, "call_sync steps");
    opsloop_free(answer);
    caller c = {.ops = ops};
    pthread_t id;
    pthread_create(&id, NULL, call_often, &c);
    while (c.heard.count < 200) {
        poll(&watched, 1, 10000);
        opsloop_step(ops, 0);
    }
    pthread_join(id, NULL);
    PROMISE(c.good == 200, "calls from another thread");
    /* A step that waits returns when it is woken; nobody else may step meanwhile. */
    pthread_create(&id, NULL, wake, ops);
    PROMISE(opsloop_step(ops, -1) == 1, "woken");
    pthread_join(id, NULL);
    void *elsewhere;
    pthread_create(&id, NULL, step_elsewhere, ops);
    pthread_join(id, &elsewhere);
    PROMISE((intptr_t)elsewhere == 1, "the loop may change threads between steps");
    PROMISE(opsloop_stop(ops, 10000) == OPSLOOP_OK, "stop");
    PROMISE(opsloop_step(ops, 0) == 0, "a step after the stop says so");
    opsloop_destroy(ops);
    if (p.kept) opsloop_reply(p.kept, OPSLOOP_OK, NULL, 0);
}

/* NO THREAD is an error, and the host can go on and step. */

static void no_thread(void) {
    opsloop *ops = started("no-thread");
    pthread_attr_t usual, huge;
    pthread_getattr_default_np(&usual);
    pthread_attr_init(&huge);
    /* No address space has room for such a stack. */
    pthread_attr_setstacksize(&huge, (size_t)1 << 62);
    PROMISE(pthread_setattr_default_np(&huge) == 0, "threads get a huge stack");
    char *error = NULL;
    int code = opsloop_run(ops, &error);
    pthread_setattr_default_np(&usual);
    PROMISE(code == OPSLOOP_EIO && error, "run without a thread");
    opsloop_free(error);
    char *answer = NULL;
    PROMISE(opsloop_call_sync(ops, ping, 0, &answer) == OPSLOOP_OK && answer, "stepping goes on");
    opsloop_free(answer);
    PROMISE(opsloop_run(ops, NULL) == OPSLOOP_OK, "run");
    opsloop_destroy(ops);
}

/* BUSY means that nothing has begun: what was refused has left the instance as it was. */

typedef struct {
    opsloop *ops;
    pthread_barrier_t inside, released;
    int step;
} stepper;

static void stay_inside(void *user, const char *text, size_t length) {
    stepper *s = user;
    (void)text, (void)length;
    pthread_barrier_wait(&s->inside);
    pthread_barrier_wait(&s->released);
}

static void *step_and_stay(void *user) {
    stepper *s = user;
    opsloop_call(s->ops, ping, 0, stay_inside, s);
    s->step = opsloop_step(s->ops, -1);
    return NULL;
}

static void busy(void) {
    stepper s = {.ops = started("busy")};
    heard h = {0};
    pthread_t id;
    pthread_barrier_init(&s.inside, NULL, 2);
    pthread_barrier_init(&s.released, NULL, 2);
    pthread_create(&id, NULL, step_and_stay, &s);
    pthread_barrier_wait(&s.inside);
    PROMISE(opsloop_stop(s.ops, 0) == OPSLOOP_EBUSY, "stop beside another driver");
    PROMISE(opsloop_destroy(s.ops) == OPSLOOP_EBUSY, "destroy beside another driver");
    PROMISE(opsloop_run(s.ops, NULL) == OPSLOOP_EBUSY, "run beside another driver");
    PROMISE(opsloop_call(s.ops, ping, 0, hear, &h) == OPSLOOP_OK, "nothing has begun to stop");
    pthread_barrier_wait(&s.released);
    pthread_join(id, NULL);
    PROMISE(s.step == 1, "the loop goes on");
    while (h.count == 0 && !broken)
        PROMISE(opsloop_step(s.ops, -1) == 1, "the other thread steps on");
    PROMISE(opsloop_destroy(s.ops) == OPSLOOP_OK, "destroy");
}

/* THE LOG goes to those who ask. */

static void logs(void) {
    heard h = {0};
    opsloop *ops;
    opsloop_create(configuration("logs", ", \"plugins\": [{\"name\": \"slow\"}]"), &ops, NULL);
    PROMISE(opsloop_on_log(ops, "loud", hear, &h) == OPSLOOP_EINVAL, "a level");
    PROMISE(opsloop_on_log(ops, "trace", hear, &h) == OPSLOOP_OK, "on_log");
    slow_plugin p = {.start_status = 1};
    opsloop_plugin plugin = {
        sizeof plugin, OPSLOOP_PLUGIN_VERSION, manifest, &p, plugin_start, plugin_call, plugin_stop};
    opsloop_register_plugin(ops, &plugin, NULL);
    PROMISE(opsloop_start(ops, NULL) == OPSLOOP_EPLUGIN, "start");
    PROMISE(h.count > 0 && strstr(h.last, "\"level\":"), "an entry");
    opsloop_destroy(ops);
}

int main(int argc, char **argv) {
    if (argc != 2) return 64;
    snprintf(folder, sizeof folder, "%s", argv[1]);
    mistakes();
    states();
    calls();
    threads();
    owner();
    late_answers();
    in_flight(0);
    in_flight(1);
    bad_plugins();
    events();
    host_loop();
    no_thread();
    busy();
    logs();
    if (!broken) printf("kept\n");
    return broken;
}
