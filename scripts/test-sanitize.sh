#!/usr/bin/env bash
# Runs the tests of the core and of the server under the thread and the address sanitizer.
#   test-sanitize.sh [thread|address]...
set -euo pipefail
cd "$(dirname "$0")/.."

runtime=$(dirname "$(readlink --canonicalize "$(command -v swiftc)")")/../lib/swift/linux
folder=$(mktemp --directory)
trap 'rm --recursive --force "$folder"' EXIT

# Two cores and eight threads in a C program on libopsloop.
embed() { # SANITIZER
    OPSLOOP_BUILD=$PWD/.build-$1/debug scripts/lib.sh "$folder/$1" debug \
        -sanitize="$1" -no-static-stdlib -Xlinker -rpath="$runtime" -Xlinker -z -Xlinker undefs
    clang -fsanitize="$1" -g -std=gnu11 -pthread Tests/Support/EmbedHosts/contract.c \
        -I"$folder/$1" -L"$folder/$1" -lopsloop -L"$runtime" -ldispatch -lBlocksRuntime \
        -Wl,-rpath,"$folder/$1" -Wl,-rpath,"$runtime" -o "$folder/$1/contract"
    ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS=halt_on_error=1 \
        "$folder/$1/contract" "$folder/$1/data"
}

for sanitizer in ${@:-thread address}; do
    echo "== $sanitizer sanitizer"
    # XCTest's own runner leaks a few hundred bytes, which the leak checker would report.
    ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS=halt_on_error=1 \
        swift test --scratch-path ".build-$sanitizer" --sanitize="$sanitizer" --no-parallel \
        --filter 'CoreTests|TransportTests|MonitoringTests'
    embed "$sanitizer"
done
