#!/usr/bin/env bash
# Runs the tests of the core and of the server under the thread and the address sanitizer.
set -euo pipefail
cd "$(dirname "$0")/.."

for sanitizer in thread address; do
    echo "== $sanitizer sanitizer"
    # XCTest's own runner leaks a few hundred bytes, which the leak checker would report.
    ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS=halt_on_error=1 \
        swift test --scratch-path ".build-$sanitizer" --sanitize="$sanitizer" \
        --filter 'CoreTests|TransportTests|MonitoringTests'
done
