#pragma once
#include <dlfcn.h>
#include <libwebsockets.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

// libwebsockets describes a server by large structures, unions and flags that Swift sees only in
// part, and OpenSSL has functions that are macros. Each function here is one step of ours.

/// What a context is made of; the certificate's paths are NULL for a server without TLS.
struct opsw_options {
    lws_callback_function *callback;
    void *user;
    int max_connections;
    int max_header_bytes;
    int buffer_bytes;
    int max_write_bytes;
    const char *certificate;
    const char *key;
};

/// Makes sure that the code for libuv is there, and that it stays: closing handles come back to it
/// after libwebsockets has let go of it. Returns NULL, or why it can't be loaded.
static inline const char *opsw_load_event_library(void) {
    static void *library;
    if (library == NULL) {
        library = dlopen("libwebsockets-evlib_uv.so", RTLD_NOW | RTLD_NODELETE);
    }
    return library == NULL ? dlerror() : NULL;
}

static inline void opsw_on_log(int levels, void (*emit)(int level, const char *line)) {
    lws_set_log_level(levels, emit);
}

/// The protocols of a server, to be freed after its context: one, with one callback for all.
static inline struct lws_protocols *opsw_protocols(const struct opsw_options *options) {
    struct lws_protocols *protocols = (struct lws_protocols *)calloc(2, sizeof *protocols);
    if (protocols == NULL) return NULL;
    protocols[0].name = "opsloop";
    protocols[0].callback = options->callback;
    // A session must have some space of its own, or it is not told of its end.
    protocols[0].per_session_data_size = sizeof(void *);
    protocols[0].rx_buffer_size = (size_t)options->buffer_bytes;
    protocols[0].tx_packet_size = (size_t)options->max_write_bytes;
    protocols[0].user = options->user;
    return protocols;
}

/// Makes a context on a running libuv loop; it listens nowhere. Signals stay as they are.
static inline struct lws_context *opsw_context(
    const struct opsw_options *options, const struct lws_protocols *protocols, void *loop) {
    // Our own clock closes what is too slow; this one is for what ours would miss.
    static const lws_retry_bo_t never = {
        .secs_since_valid_ping = 65000, .secs_since_valid_hangup = 65500};
    struct lws_context_creation_info info;
    memset(&info, 0, sizeof info);
    info.port = CONTEXT_PORT_NO_LISTEN_SERVER;
    info.protocols = protocols;
    info.user = options->user;
    info.gid = -1;
    info.uid = -1;
    info.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
        LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_VALIDATE_UTF8 |
        LWS_SERVER_OPTION_SKIP_SERVER_CANONICAL_NAME | LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS |
        LWS_SERVER_OPTION_UV_NO_SIGSEGV_SIGFPE_SPIN;
    info.foreign_loops = &loop;
    info.pt_serv_buf_size = (unsigned int)options->buffer_bytes;
    info.max_http_header_data2 = (unsigned int)options->max_header_bytes;
    info.max_http_header_pool2 = (unsigned int)options->max_connections + 16;
    info.timeout_secs = 7200;
    info.retry_and_idle_policy = &never;
    // The table of descriptors is as long as the process may have; a process without a limit
    // would need gigabytes, so there it is a short one that is searched.
    if (getdtablesize() > 1 << 20) {
        info.fd_limit_per_thread = (unsigned int)options->max_connections + 16;
    }
    // Its first act is to ignore SIGPIPE for the whole process, which is not its to decide.
    struct sigaction before;
    sigaction(SIGPIPE, NULL, &before);
    struct lws_context *context = lws_create_context(&info);
    sigaction(SIGPIPE, &before, NULL);
    return context;
}

static inline struct lws_vhost *opsw_vhost(
    struct lws_context *context, const struct opsw_options *options,
    const struct lws_protocols *protocols) {
    struct lws_context_creation_info info;
    memset(&info, 0, sizeof info);
    info.port = CONTEXT_PORT_NO_LISTEN_SERVER;
    info.vhost_name = "opsloop";
    info.protocols = protocols;
    info.user = options->user;
    info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    info.keepalive_timeout = 7200;
    if (options->certificate != NULL) {
        info.ssl_cert_filepath = options->certificate;
        info.ssl_private_key_filepath = options->key;
        // HTTP/2 of this version of the library neither obeys flow control nor gains us anything.
        info.alpn = "http/1.1";
    }
    return lws_create_vhost(context, &info);
}

/// How many handles of the context the loop still has, those of single connections aside.
struct opsw_count {
    const void *context;
    int handles;
};

static inline void opsw_count_one(uv_handle_t *handle, void *count) {
    struct opsw_count *c = (struct opsw_count *)count;
    if (handle->data == c->context) c->handles += 1;
}

static inline int opsw_open_handles(void *loop, const struct lws_context *context) {
    struct opsw_count count = {context, 0};
    uv_walk((uv_loop_t *)loop, opsw_count_one, &count);
    return count.handles;
}

/// Gives a connected socket to the library, which closes it when it can't take it.
static inline struct lws *opsw_adopt(struct lws_vhost *vhost, int descriptor, void *owner) {
    lws_adopt_desc_t description;
    memset(&description, 0, sizeof description);
    description.vh = vhost;
    description.type = (lws_adoption_type)(
        LWS_ADOPT_SOCKET | LWS_ADOPT_HTTP | LWS_ADOPT_ALLOW_SSL);
    description.fd.sockfd = descriptor;
    struct lws *wsi = lws_adopt_descriptor_vhost_via_info(&description);
    // Only now: a connection that fails on the way in is forgotten some time later, and nobody
    // would know whether that is still to come.
    if (wsi != NULL) lws_set_opaque_user_data(wsi, owner);
    return wsi;
}

static inline void *opsw_user_of_context(struct lws *wsi) {
    return lws_context_user(lws_get_context(wsi));
}

/// Closes a connection at once; not from within one of its own callbacks.
static inline void opsw_kill(struct lws *wsi) {
    lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
}

/// Does what the library does when the kernel says that the connection takes bytes; not from within
/// a callback.
static inline void opsw_settle(struct lws *wsi, int descriptor) {
    struct lws_pollfd poll = {descriptor, POLLIN | POLLOUT, POLLOUT};
    lws_service_fd(lws_get_context(wsi), &poll);
}

/// Writes bytes as they are, whatever the connection speaks.
static inline int opsw_write(struct lws *wsi, unsigned char *bytes, size_t count) {
    return lws_write(wsi, bytes, count, LWS_WRITE_HTTP);
}

/// Asks the other side of a WebSocket whether it is there.
static inline int opsw_ping(struct lws *wsi) {
    unsigned char frame[LWS_PRE + 1];
    return lws_write(wsi, frame + LWS_PRE, 0, LWS_WRITE_PING);
}

/// Copies a header; returns its length, -1 when it does not fit, 0 when there is none.
static inline int opsw_header(
    struct lws *wsi, enum lws_token_indexes header, char *buffer, int size) {
    return lws_hdr_copy(wsi, buffer, size, header);
}

/// Whether a header stands more than once.
static inline int opsw_is_repeated(struct lws *wsi, enum lws_token_indexes header) {
    return lws_hdr_fragment_length(wsi, header, 1) > 0;
}

// MARK: - TLS

/// Lets those clients in whose certificates one of the file's has signed, and no others from now on.
/// Returns 0 when the file can't be used.
static inline int opsw_tls_trust(SSL_CTX *tls, const char *client_ca) {
    unsigned char name[16];
    X509_STORE *store = X509_STORE_new();
    STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(client_ca);
    // The name is new each time, so that nobody resumes a session that another list let in.
    int is_good = store != NULL && names != NULL && X509_STORE_load_file(store, client_ca) &&
        RAND_bytes(name, sizeof name) == 1 &&
        SSL_CTX_set_session_id_context(tls, name, sizeof name);
    if (!is_good) {
        X509_STORE_free(store);
        sk_X509_NAME_pop_free(names, X509_NAME_free);
        return 0;
    }
    SSL_CTX_set_cert_store(tls, store);
    SSL_CTX_set_client_CA_list(tls, names);
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    return 1;
}

/// Sets up a server's TLS: nothing older than 1.2, and who may come when there is a list of those
/// whose certificates count. Returns 0 when that can't be.
static inline int opsw_tls_set_up(void *context, const char *client_ca) {
    SSL_CTX *tls = (SSL_CTX *)context;
    if (!SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION)) return 0;
    SSL_CTX_set_options(tls, SSL_OP_NO_RENEGOTIATION);
    return client_ca == NULL || opsw_tls_trust(tls, client_ca);
}

/// Reads a certificate with its chain, its key, and the list of those whose clients may come.
/// Returns 0, or the number of the file that is at fault (1, 2, 3; 4 when key and certificate do
/// not match) with the reason.
static inline int opsw_tls_load(
    void *context, const char *certificate, const char *key, const char *client_ca, char *reason,
    size_t size) {
    SSL_CTX *tls = context != NULL ? (SSL_CTX *)context : SSL_CTX_new(TLS_server_method());
    if (tls == NULL) return 1;
    int fault = 0;
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(tls, certificate) != 1) fault = 1;
    else if (SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1) fault = 2;
    else if (SSL_CTX_check_private_key(tls) != 1) fault = 4;
    else if (client_ca != NULL && !opsw_tls_trust(tls, client_ca)) fault = 3;
    unsigned long code = ERR_peek_error();
    const char *text = code == 0 ? NULL : ERR_reason_error_string(code);
    if (fault != 0) snprintf(reason, size, "%s", text == NULL ? "it can't be used" : text);
    // A key of another kind than the certificate's is refused when it is read.
    if (fault == 2 && ERR_GET_REASON(code) == X509_R_KEY_TYPE_MISMATCH) fault = 4;
    if (fault == 2 && ERR_GET_REASON(code) == X509_R_KEY_VALUES_MISMATCH) fault = 4;
    ERR_clear_error();
    if (context == NULL) SSL_CTX_free(tls);
    return fault;
}

// MARK: - Sockets

// Known to GNU C only.
int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);

static inline int opsw_accept(int descriptor, struct sockaddr *address, socklen_t *length) {
    return accept4(descriptor, address, length, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

/// How many bytes a peer has sent that nobody has read; -1 when it has closed its side.
static inline long opsw_unread_bytes(int descriptor) {
    char byte;
    ssize_t count = recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return count == 0 ? -1 : count > 0 ? 1 : 0;
}

/// Reads what has arrived and forgets it, as far as that is bearable.
static inline void opsw_skip(int descriptor) {
    char bytes[16384];
    for (int i = 0; i < 64; i++) {
        if (recv(descriptor, bytes, sizeof bytes, MSG_DONTWAIT) <= 0) return;
    }
}

/// The date as HTTP writes it; `text` has room for 32 bytes. Returns its length.
static inline size_t opsw_date(time_t now, char *text) {
    struct tm parts;
    gmtime_r(&now, &parts);
    return strftime(text, 32, "%a, %d %b %Y %H:%M:%S GMT", &parts);
}
