/* OpsLoop in a C program, on a thread of its own: calls, events, a plugin of the host. */
#include <opsloop.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *what, int code, char *error) {
    fprintf(stderr, "%s: %d %s\n", what, code, error ? error : "");
    opsloop_free(error);
    exit(1);
}

/* What the host offers: one method, greeter.greet, which answers at once. */
static const char manifest[] =
    "{\"name\": \"greeter\", \"version\": \"1.0.0\", \"summary\": \"Greets people.\","
    " \"methods\": [{\"name\": \"greeter.greet\", \"summary\": \"Greets somebody.\","
    "   \"effect\": \"read\","
    "   \"params\": {\"type\": \"object\", \"required\": [\"name\"], \"additionalProperties\": false,"
    "     \"properties\": {\"name\": {\"type\": \"string\", \"description\": \"Who it is.\"}}},"
    "   \"result\": {\"type\": \"object\"}}],"
    " \"events\": [{\"topic\": \"greeter.greeted\", \"summary\": \"Somebody was greeted.\"}]}";

static void greet(
    void *user, opsloop_request *request, const char *method, const char *params, size_t length) {
    opsloop *ops = *(opsloop **)user;
    (void)method, (void)params, (void)length; /* A real plugin reads them with its JSON library. */
    const char answer[] = "{\"greeting\": \"hello\"}";
    opsloop_reply(request, OPSLOOP_OK, answer, strlen(answer));
    opsloop_emit(ops, "{\"topic\": \"greeter.greeted\"}", 0, NULL, NULL, NULL);
}

static atomic_int events_seen, last_call;

static void on_event(void *user, const char *event, size_t length) {
    (void)user;
    if (event == NULL) {
        atomic_store(&last_call, 1);
        return;
    }
    printf("event %.*s\n", (int)length, event);
    atomic_fetch_add(&events_seen, 1);
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: %s DATA-FOLDER\n", argv[0]);
        return 64;
    }
    char configuration[4096], *error = NULL, *answer = NULL;
    snprintf(configuration, sizeof configuration, "{\"data\": \"%s\"}", argv[1]);

    opsloop *ops;
    int code = opsloop_create(configuration, &ops, &error);
    if (code != OPSLOOP_OK) fail("create", code, error);

    opsloop_plugin plugin = {
        .size = sizeof plugin, .version = OPSLOOP_PLUGIN_VERSION, .manifest = manifest,
        .user = &ops, .call = greet};
    code = opsloop_register_plugin(ops, &plugin, &error);
    if (code != OPSLOOP_OK) fail("register", code, error);

    if ((code = opsloop_start(ops, &error)) != OPSLOOP_OK) fail("start", code, error);
    if ((code = opsloop_run(ops, &error)) != OPSLOOP_OK) fail("run", code, error);

    code = opsloop_subscribe(
        ops, "{\"topics\": [\"greeter.*\"], \"from_seq\": 0}", on_event, NULL, NULL, &error);
    if (code != OPSLOOP_OK) fail("subscribe", code, error);

    const char call[] =
        "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"greeter.greet\","
        " \"params\": {\"name\": \"Ada\"}}";
    code = opsloop_call_sync(ops, call, strlen(call), &answer);
    if (code != OPSLOOP_OK) fail("call", code, NULL);
    printf("answer %s\n", answer);
    opsloop_free(answer);

    /* A call with an error in it: the answer names the member. */
    code = opsloop_call_sync(
        ops, "{\"jsonrpc\": \"2.0\", \"id\": 2, \"method\": \"greeter.greet\"}", 0, &answer);
    if (code != OPSLOOP_OK) fail("call", code, NULL);
    printf("answer %s\n", answer);
    opsloop_free(answer);

    /* Stopping ends the subscription: on_event is called a last time, with NULL. */
    while (atomic_load(&events_seen) == 0) {
        code = opsloop_call_sync(
            ops, "{\"jsonrpc\": \"2.0\", \"id\": 3, \"method\": \"event.read\"}", 0, NULL);
        if (code != OPSLOOP_OK) fail("call", code, NULL);
    }
    if ((code = opsloop_stop(ops, 10000)) != OPSLOOP_OK) fail("stop", code, NULL);
    printf("events %d, ended %d\n", atomic_load(&events_seen), atomic_load(&last_call));
    opsloop_destroy(ops);
    return 0;
}
