"""Calls the daemon over its Unix socket with the messages of jsonrpcclient.

usage: socket_calls.py SOCKET TOKEN_FILE
"""

import json
import pathlib
import socket
import sys

from jsonrpcclient import Error, Ok, notification, parse, request

connection = socket.socket(socket.AF_UNIX)
connection.settimeout(30)
connection.connect(sys.argv[1])
stream = connection.makefile("rw", encoding="utf-8", newline="\n")
token = pathlib.Path(sys.argv[2]).read_text(encoding="utf-8").strip()


def send(message):
    stream.write(json.dumps(message) + "\n")
    stream.flush()


def ask(message):
    send(message)
    return json.loads(stream.readline())


# One call by name, with the rights of the token from then on.
answer = parse(ask(request("token.use", params={"token": token})))
assert isinstance(answer, Ok), answer

# One call, and one that can't succeed.
ping = request("system.ping")
assert parse(ask(ping)) == Ok({"pong": True}, ping["id"])
refused = parse(ask(request("check.get", params={"check": "none"})))
assert isinstance(refused, Error) and refused.code == 1003, refused
assert refused.data["kind"] == "not_found", refused
unknown = parse(ask(request("no.such")))
assert isinstance(unknown, Error) and unknown.code == -32601, unknown
by_position = parse(ask(request("check.get", params=["none"])))
assert isinstance(by_position, Error) and by_position.code == 1003, by_position

# A batch is answered in its order, its notification is not answered.
batch = [request("system.info"), notification("system.ping"), request("no.such"), ping]
info, missing, pong = parse(ask(batch))
assert isinstance(info, Ok) and info.id == batch[0]["id"], info
assert isinstance(missing, Error) and missing.id == batch[2]["id"], missing
assert pong == Ok({"pong": True}, ping["id"]), pong

# The rights are the token's: its role may not make tokens.
denied = parse(ask(request("token.create", params={"name": "more", "role": "admin"})))
assert isinstance(denied, Error) and denied.code == 1002, denied

# Nothing but answers came: the next line is the answer to the next call.
send(notification("system.ping"))
last = request("system.ping")
assert parse(ask(last)) == Ok({"pong": True}, last["id"])
