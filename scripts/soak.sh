#!/usr/bin/env bash
# Creates and destroys an embedded OpsLoop very often, and fails when it leaves something behind.
#   soak.sh [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-10000}

folder=$(mktemp --directory)
trap 'rm --recursive --force "$folder"' EXIT
scripts/lib.sh "$folder"
cc -std=gnu11 -O1 -pthread Tests/Support/EmbedHosts/churn.c -I"$folder" -L"$folder" -lopsloop \
    -Wl,-rpath,"$folder" -o "$folder/churn"
report=$("$folder/churn" "$folder/data" "$rounds" | tail --lines=1)
echo "$report"
python3 - "$report" <<'END'
import json, sys
report = json.loads(sys.argv[1])
grown = report["bytes_after"] - report["bytes_before"]
# What the threads of the runtime keep for their next allocation is a few hundred kilobytes.
assert report["fds_after"] <= report["fds_before"], "descriptors are left behind"
assert grown < 1_000_000 and grown / report["rounds"] < 100, f"{grown} bytes are left behind"
END
