#pragma once
#include <zlib.h>

// The functions that set a stream up are macros, which Swift does not see.

/// Makes a stream ready to read gzip, and nothing else.
static inline int opsz_gunzip_begin(z_stream *stream) {
    // 15 is the largest window, 16 more asks for gzip's header and checksum.
    return inflateInit2(stream, 15 + 16);
}
