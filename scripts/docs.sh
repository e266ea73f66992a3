#!/usr/bin/env bash
# Writes docs/reference from what the programs say about themselves.
#   docs.sh           writes the pages
#   docs.sh --check   compares them and ends with 1 when they are out of date
set -euo pipefail
cd "$(dirname "$0")/.."

bin=${OPSLOOP_BIN:-.build/debug}
target=docs/reference
work=$(mktemp --directory)
daemon=
trap '[ -z "$daemon" ] || kill "$daemon" 2>/dev/null || true; rm --recursive --force "$work"' EXIT

# Every bundled plugin runs, with its default settings, on an empty data folder.
"$bin/opsloopd" --print-settings >"$work/settings.json"
python3 scripts/reference.py plugins "$work/settings.json" >"$work/plugins.json"
"$bin/opsloopd" --config "$work/plugins.json" --data "$work/data" --log-level warning &
daemon=$!
export OPSLOOP_SOCKET=$work/data/opsloop.sock
until "$bin/opsloop" call system.ping >/dev/null 2>&1; do
    kill -0 "$daemon" 2>/dev/null || { wait "$daemon"; exit 1; }
done
"$bin/opsloop" --output json call rpc.discover >"$work/openrpc.json"
kill -TERM "$daemon"
wait "$daemon"
daemon=

mkdir --parents "$work/reference" "$target"
python3 scripts/reference.py pages "$work/settings.json" "$work/openrpc.json" "$work/reference"
if [ "${1:-}" = --check ]; then
    diff --recursive --unified=1 "$target" "$work/reference" || {
        echo "$target does not fit the code any more; run \`make docs\` and commit the result" >&2
        exit 1
    }
else
    rm --recursive --force "$target"
    mv "$work/reference" "$target"
fi
