#!/usr/bin/env python3
"""Verifies rows of OpsLoop's audit log without OpsLoop.

    opsloop evidence export --all --output jsonl > evidence.jsonl
    opsloop audit verify                       # its head, kept elsewhere
    python3 verify-evidence.py evidence.jsonl --head 1234:5be1...

Each row is hashed together with the hash of the row before it, so that none can be changed, taken
out, put in or moved. What was cut off the end only the head shows, which is a row's number and its
hash; give one that was kept where whoever can write to the database cannot.
"""

import argparse
import hashlib
import json
import struct
import sys

COLUMNS = ("seq", "at", "principal", "reason", "action", "ref", "before", "after", "method",
           "request_id", "outcome")
GENESIS = bytes(32)


def encoded(value):
    """A value so that it can be read in one way only: its kind, its length, its bytes."""
    if value is None:
        return b"\0"
    if isinstance(value, int) and not isinstance(value, bool):
        return b"\1" + struct.pack(">q", value)
    if isinstance(value, str):
        text = value.encode("utf-8")
        return b"\3" + struct.pack(">Q", len(text)) + text
    raise ValueError(f"{value!r} is neither a whole number nor a text")


def row_hash(row, previous):
    """The hash that ties a row to all before it."""
    parts = [b"opsloop audit 1\0", previous] + [encoded(row[column]) for column in COLUMNS]
    return hashlib.sha256(b"".join(parts)).digest()


def verify(lines, head=None):
    """Goes through the rows; returns how many there are and the last one's head."""
    last, previous, count, seen = None, None, 0, head is None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            seq, hashed = row["seq"], bytes.fromhex(row["hash"])
            before = bytes.fromhex(row["previous"])
            if seq == 1 and before != GENESIS:
                raise ValueError("nothing stands before row 1")
            if last is not None and seq != last + 1:
                raise ValueError(f"row {last + 1} is missing")
            if previous is not None and before != previous:
                raise ValueError("the row before is another one")
            if row_hash(row, before) != hashed:
                raise ValueError("the row, or its hash, is not what was written")
        except (KeyError, TypeError, ValueError, AttributeError, struct.error) as error:
            raise SystemExit(f"line {number}: {error}") from None
        if head is not None and head[0] == seq:
            if head[1] != hashed:
                raise SystemExit(f"line {number}: the hash of row {seq} is not the one that was kept")
            seen = True
        last, previous, count = seq, hashed, count + 1
    if not seen:
        raise SystemExit(f"row {head[0]}, whose hash was kept, is not among the rows")
    return count, f"{last}:{previous.hex()}" if count else None


def read_head(text):
    """Reads `1234:5be1...`."""
    seq, _, hashed = text.partition(":")
    try:
        return int(seq), bytes.fromhex(hashed)
    except ValueError:
        raise argparse.ArgumentTypeError("must be a row's number, a colon and its hash") from None


def main():
    """Says how it is; the exit status is 0 when every row is as it was written."""
    parser = argparse.ArgumentParser(description="Verifies rows of OpsLoop's audit log.")
    parser.add_argument("file", type=argparse.FileType(encoding="utf-8"), help="the rows, or -")
    parser.add_argument("--head", type=read_head, help="a row's number and hash that were kept")
    options = parser.parse_args()
    count, head = verify(options.file, options.head)
    print(f"{count} rows are as they were written; head {head}" if count else "no rows")


if __name__ == "__main__":
    sys.exit(main())
