"""Subscribes to events with the package websockets and causes one.

usage: websocket_events.py ADDRESS TOKEN_FILE
"""

import itertools
import json
import pathlib
import sys

from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

place = f"ws://{sys.argv[1]}/ws"
token = pathlib.Path(sys.argv[2]).read_text(encoding="utf-8").strip()
numbers = itertools.count(1)


def call(connection, method, **params):
    number = next(numbers)
    message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
    connection.send(json.dumps(message))
    events = []
    while (answer := json.loads(connection.recv(timeout=30))).get("id") != number:
        events.append(answer)
    return answer["result"], events


# Without a right to it there is no WebSocket.
try:
    connect(place, additional_headers={"Authorization": "Bearer nonsense"})
    sys.exit("a false token was taken")
except InvalidStatus as refusal:
    assert refusal.response.status_code == 401, refusal

# The token in the header.
with connect(place, additional_headers={"Authorization": f"Bearer {token}"}) as listener:
    subscribed, _ = call(listener, "event.subscribe", topics=["check.created"])

    # The token in a call, as a page in a browser does it.
    with connect(place) as writer:
        call(writer, "token.use", token=token)
        call(writer, "check.create", type="heartbeat", name="seen by websockets")

    event = json.loads(listener.recv(timeout=30))
    assert event["method"] == "event.event", event
    assert event["params"]["subscription"] == subscribed["subscription"], event
    assert event["params"]["topic"] == "check.created", event
    assert event["params"]["data"]["name"] == "seen by websockets", event
    assert listener.ping().wait(30), "no pong"
    call(listener, "event.unsubscribe", subscription=subscribed["subscription"])
assert listener.close_code == 1000, listener.close_code
