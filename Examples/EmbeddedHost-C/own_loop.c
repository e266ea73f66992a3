/* OpsLoop in a C program that has a poll loop already: everything runs on this one thread. */
#include <opsloop.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int waiting;

static void on_reply(void *user, const char *json, size_t length) {
    printf("%s %.*s\n", (const char *)user, (int)length, json);
    waiting--;
}

static void call(opsloop *ops, const char *request, const char *name) {
    if (opsloop_call(ops, request, 0, on_reply, (void *)name) == OPSLOOP_OK) waiting++;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: %s DATA-FOLDER\n", argv[0]);
        return 64;
    }
    char configuration[4096], *error = NULL;
    snprintf(configuration, sizeof configuration, "{\"data\": \"%s\"}", argv[1]);
    opsloop *ops;
    if (opsloop_create(configuration, &ops, &error) != OPSLOOP_OK
        || opsloop_start(ops, &error) != OPSLOOP_OK) {
        fprintf(stderr, "%s\n", error);
        opsloop_free(error);
        opsloop_destroy(ops);
        return 1;
    }

    call(ops, "{\"jsonrpc\": \"2.0\", \"id\": \"a\", \"method\": \"system.ping\"}", "ping");
    call(ops, "{\"jsonrpc\": \"2.0\", \"id\": \"b\", \"method\": \"no.such\"}", "unknown");

    /* The host's loop: its own descriptors stand beside the one of OpsLoop. */
    struct pollfd watched[2] = {
        {.fd = opsloop_fd(ops), .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
    while (waiting > 0 && poll(watched, 2, -1) > 0) {
        if (watched[0].revents && opsloop_step(ops, 0) != 1) break;
        if (watched[1].revents) watched[1].fd = -1; /* The host's own work. */
    }

    opsloop_destroy(ops);
    return 0;
}
