#pragma once
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <time.h>

// Swift does not see OpenSSL's macros. Each function here is one of them, or a few lines around one.

/// Makes a context for clients that takes any version and any cipher, weak ones too, and checks
/// nothing by itself: what a server offers is to be seen, and judged afterwards.
static inline SSL_CTX *opsl_tls_context(void) {
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (context == NULL) return NULL;
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_cipher_list(context, "ALL:COMPLEMENTOFALL:!eNULL:!aNULL");
    SSL_CTX_set_options(context, SSL_OP_LEGACY_SERVER_CONNECT);
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    return context;
}

static inline int opsl_tls_set_server_name(SSL *ssl, const char *name) {
    return (int)SSL_set_tlsext_host_name(ssl, name);
}

/// Returns how many certificates the server showed.
static inline int opsl_tls_chain_count(const SSL *ssl) {
    STACK_OF(X509) *chain = SSL_get_peer_cert_chain(ssl);
    return chain == NULL ? 0 : sk_X509_num(chain);
}

static inline X509 *opsl_tls_chain_certificate(const SSL *ssl, int index) {
    return sk_X509_value(SSL_get_peer_cert_chain(ssl), index);
}

static inline STACK_OF(X509) *opsl_x509_stack(void) { return sk_X509_new_null(); }
static inline int opsl_x509_push(STACK_OF(X509) *stack, X509 *certificate) {
    return sk_X509_push(stack, certificate);
}
static inline int opsl_x509_count(const STACK_OF(X509) *stack) {
    return stack == NULL ? 0 : sk_X509_num(stack);
}
static inline X509 *opsl_x509_at(const STACK_OF(X509) *stack, int index) {
    return sk_X509_value(stack, index);
}
static inline void opsl_x509_free_stack(STACK_OF(X509) *stack) { sk_X509_pop_free(stack, X509_free); }

/// Returns a time of a certificate as seconds since 1970, or the least number for one that is none.
static inline int64_t opsl_x509_seconds(const ASN1_TIME *time) {
    struct tm parts;
    return ASN1_TIME_to_tm(time, &parts) == 1 ? (int64_t)timegm(&parts) : INT64_MIN;
}

/// Writes a name as `CN = a, O = b` into a buffer; returns its length.
static inline int opsl_x509_name(const X509_NAME *name, char *buffer, int room) {
    BIO *memory = BIO_new(BIO_s_mem());
    if (memory == NULL) return 0;
    int count = 0;
    if (X509_NAME_print_ex(memory, name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB) >= 0) {
        count = BIO_read(memory, buffer, room);
    }
    BIO_free(memory);
    return count > 0 ? count : 0;
}
