#!/usr/bin/env bash
# Runs the built tests and, when some have failed, says at the end which: they are thousands of lines apart.
#   test.sh [OPTION OF swift test]...
set -euo pipefail
cd "$(dirname "$0")/.."

log=.build/test.log
# One after the other: many tests start programs, and two cores can't run all at once.
if ! swift test --skip-build --no-parallel "$@" 2>&1 | tee "$log"; then
    # A test that crashes or hangs has begun and not ended: it is the last that began.
    printf '\n%s\n' 'FAILED:'
    grep --extended-regexp '^✘|recorded an issue|^.*: error:|Fatal error|Sanitizer' "$log" || true
    grep --extended-regexp '^◇ Test ' "$log" | tail --lines=1 | sed --expression='s/^/last began: /'
    exit 1
fi
