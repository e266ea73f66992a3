#!/usr/bin/env bash
# Starts opsloopd on .opsloop/, shows the status board once the first results are in, and keeps
# running until Ctrl-C.
set -euo pipefail
cd "$(dirname "$0")/.."

bin=${OPSLOOP_BIN:-.build/release}
data=${OPSLOOP_DATA:-.opsloop}
socket=$data/opsloop.sock

"$bin/opsloopd" --config plugins.json --data "$data" --socket "$socket" --log-level notice &
daemon=$!
# Ctrl-C reaches the daemon as well, since it is in the same process group; both ways end in a
# clean stop that is waited for.
trap 'kill -TERM "$daemon" 2>/dev/null || true' INT TERM

until "$bin/opsloop" --socket "$socket" call system.ping >/dev/null 2>&1; do
    kill -0 "$daemon" 2>/dev/null || { wait "$daemon"; exit; }
done
# Every check has a first result within moments; the board waits for that, at most ten seconds.
for _ in $(seq 100); do
    pending=$("$bin/opsloop" --socket "$socket" check list --state pending -o jsonl 2>/dev/null || true)
    [ -z "$pending" ] && break
    sleep 0.1
done
# The first look at our own socket may have come before it was there.
"$bin/opsloop" --socket "$socket" check run 'opsloop socket' >/dev/null 2>&1 || true
"$bin/opsloop" --socket "$socket" status || true
cat <<TEXT

OpsLoop is running on $data; Ctrl-C stops it. In another terminal, try:
  $bin/opsloop status --watch
  $bin/opsloop check list
  $bin/opsloop metric plot host_load1
  $bin/opsloop help
TEXT
while kill -0 "$daemon" 2>/dev/null; do
    wait "$daemon" || true
done
wait "$daemon" 2>/dev/null || true
