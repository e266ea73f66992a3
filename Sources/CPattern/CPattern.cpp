#include "CPattern.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <string>

#include <re2/re2.h>

struct opsp_pattern {
    re2::RE2 expression;
    opsp_pattern(const std::string &text, const re2::RE2::Options &options)
        : expression(text, options) {}
};

namespace {

re2::RE2::Options options(const opsp_reading &reading) {
    re2::RE2::Options options;
    // It would write what callers send to the standard error.
    options.set_log_errors(false);
    options.set_never_capture(!reading.captures);
    options.set_max_mem(reading.max_memory);
    options.set_dot_nl(reading.dot_is_any);
    if (reading.is_bytes) options.set_encoding(re2::RE2::Options::EncodingLatin1);
    if (reading.is_posix) {
        options.set_posix_syntax(true);
        options.set_perl_classes(true);
        options.set_word_boundary(true);
        options.set_one_line(false);
    }
    return options;
}

}  // namespace

opsp_pattern *opsp_compile(
    const char *text, size_t size, struct opsp_reading reading, char *reason, size_t reason_size) {
    try {
        auto pattern = std::make_unique<opsp_pattern>(std::string(text, size), options(reading));
        if (pattern->expression.ok()) return pattern.release();
        std::snprintf(reason, reason_size, "%s", pattern->expression.error().c_str());
    } catch (const std::exception &error) {
        std::snprintf(reason, reason_size, "%s", error.what());
    }
    return nullptr;
}

long opsp_size(const opsp_pattern *pattern) {
    const re2::RE2 &expression = pattern->expression;
    return std::max(1, std::max(expression.ProgramSize(), expression.ReverseProgramSize()));
}

bool opsp_matches(const opsp_pattern *pattern, const char *text, size_t size, bool whole) {
    try {
        auto anchor = whole ? re2::RE2::ANCHOR_BOTH : re2::RE2::UNANCHORED;
        return pattern->expression.Match(
            re2::StringPiece(text, size), 0, size, anchor, nullptr, 0);
    } catch (const std::exception &) {
        return false;
    }
}

bool opsp_knows(const opsp_pattern *pattern, const char *reference, size_t size) {
    try {
        std::string error;
        return pattern->expression.CheckRewriteString(
            re2::StringPiece(reference, size), &error);
    } catch (const std::exception &) {
        return false;
    }
}

char *opsp_rewrite(
    const opsp_pattern *pattern, const char *text, size_t size, const char *reference,
    size_t reference_size, size_t *written) {
    try {
        // Templates name ten parts at most.
        re2::StringPiece parts[10];
        int count = std::min(10, 1 + pattern->expression.NumberOfCapturingGroups());
        if (!pattern->expression.Match(
                re2::StringPiece(text, size), 0, size, re2::RE2::ANCHOR_BOTH, parts, count))
            return nullptr;
        std::string result;
        if (!pattern->expression.Rewrite(
                &result, re2::StringPiece(reference, reference_size), parts, count))
            return nullptr;
        char *copy = static_cast<char *>(std::malloc(std::max<size_t>(1, result.size())));
        if (copy == nullptr) return nullptr;
        std::memcpy(copy, result.data(), result.size());
        *written = result.size();
        return copy;
    } catch (const std::exception &) {
        return nullptr;
    }
}

void opsp_free(opsp_pattern *pattern) { delete pattern; }
