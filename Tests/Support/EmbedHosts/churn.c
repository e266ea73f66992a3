/* Creates and destroys OpsLoop many times in one process, and looks for what is left behind.
 *     churn DATA-FOLDER ROUNDS
 * Prints one line: the descriptors, threads and bytes before and after. */
#include <dirent.h>
#include <malloc.h>
#include <opsloop.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int entries(const char *folder) {
    int count = 0;
    DIR *directory = opendir(folder);
    while (readdir(directory) != NULL) count++;
    closedir(directory);
    return count;
}

static size_t bytes(void) {
    malloc_trim(0);
    return mallinfo2().uordblks;
}

static void must(int good, const char *what) {
    if (good) return;
    fprintf(stderr, "failed: %s\n", what);
    exit(1);
}

static void on_text(void *user, const char *text, size_t length) {
    (void)text, (void)length;
    ++*(int *)user;
}

static const char plugin_manifest[] =
    "{\"name\": \"churn\", \"version\": \"1\", \"summary\": \"Comes and goes.\","
    " \"events\": [{\"topic\": \"churn.turned\"}],"
    " \"methods\": [{\"name\": \"churn.turn\", \"effect\": \"read\", \"result\": {\"type\": \"object\"},"
    "  \"params\": {\"type\": \"object\", \"properties\": {}}}]}";

static void turn(
    void *user, opsloop_request *request, const char *method, const char *params, size_t length) {
    (void)user, (void)method, (void)params, (void)length;
    opsloop_reply(request, OPSLOOP_OK, NULL, 0);
}

static const char request[] = "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"churn.turn\"}";

static void use_thread(opsloop *ops) {
    must(opsloop_run(ops, NULL) == OPSLOOP_OK, "run");
    char *answer = NULL;
    must(opsloop_call_sync(ops, request, 0, &answer) == OPSLOOP_OK, "call");
    must(answer != NULL && strstr(answer, "\"result\":{}") != NULL, "answer");
    opsloop_free(answer);
}

static void use_steps(opsloop *ops) {
    int replies = 0;
    struct pollfd watched = {.fd = opsloop_fd(ops), .events = POLLIN};
    must(watched.fd >= 0, "fd");
    must(opsloop_call(ops, request, 0, on_text, &replies) == OPSLOOP_OK, "call");
    while (replies == 0) {
        must(poll(&watched, 1, 10000) == 1, "poll");
        must(opsloop_step(ops, 0) == 1, "step");
    }
}

static void round_trip(const char *configuration, int index) {
    opsloop *ops;
    int events = 0, ended = 0;
    must(opsloop_create(configuration, &ops, NULL) == OPSLOOP_OK, "create");
    opsloop_plugin plugin = {
        .size = sizeof plugin, .version = OPSLOOP_PLUGIN_VERSION, .manifest = plugin_manifest,
        .call = turn};
    must(opsloop_register_plugin(ops, &plugin, NULL) == OPSLOOP_OK, "register");
    char *error = NULL;
    if (opsloop_start(ops, &error) != OPSLOOP_OK) must(0, error);
    must(opsloop_subscribe(ops, NULL, on_text, &events, NULL, NULL) == OPSLOOP_OK, "subscribe");
    if (index % 2 == 0) use_thread(ops); else use_steps(ops);
    /* One event in ten rounds, so that the log grows little and the path is walked all the same. */
    if (index % 10 == 0)
        must(opsloop_emit(ops, "{\"topic\": \"churn.turned\"}", 0, on_text, &ended, NULL)
                 == OPSLOOP_OK, "emit");
    must(opsloop_destroy(ops) == OPSLOOP_OK, "destroy");
    must(events >= 1, "the subscription has ended");
    must(ended == (index % 10 == 0), "the emission was answered");
}

int main(int argc, char **argv) {
    must(argc == 3, "churn DATA-FOLDER ROUNDS");
    int rounds = atoi(argv[2]), warm_up = rounds / 10 > 20 ? rounds / 10 : 20;
    char configuration[4096];
    snprintf(
        configuration, sizeof configuration,
        "{\"data\": \"%s\", \"plugins\": [{\"name\": \"monitoring\"}]}", argv[1]);
    /* The first rounds fill caches that stay: of the runtime, of SQLite, of libcurl. */
    for (int index = 0; index < warm_up; index++) round_trip(configuration, index);
    int descriptors = entries("/proc/self/fd");
    size_t held = bytes();
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (int index = 0; index < rounds; index++) {
        round_trip(configuration, index);
        if (index % (rounds / 4 + 1) == 0) fprintf(stderr, "round %d: %zu bytes\n", index, bytes());
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    double ms = (end.tv_sec - begin.tv_sec) * 1e3 + (end.tv_nsec - begin.tv_nsec) / 1e6;
    printf(
        "{\"rounds\": %d, \"fds_before\": %d, \"fds_after\": %d, \"threads\": %d,"
        " \"bytes_before\": %zu, \"bytes_after\": %zu, \"ms_per_round\": %.3f}\n",
        rounds, descriptors, entries("/proc/self/fd"), entries("/proc/self/task") - 2, held, bytes(),
        ms / rounds);
    return 0;
}
