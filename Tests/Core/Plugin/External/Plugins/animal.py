#!/usr/bin/env python3
"""A plugin for the tests, well-behaved but for the ways that its arguments name.

    animal.py NAME [HOW ...]
"""

import json
import os
import signal
import subprocess
import sys

NAME = sys.argv[1]
HOW = set(sys.argv[2:])
STATE = {"last": 0, "config": {}, "events": [], "waiting": [], "dir": ""}


def option(name, default=None):
    """What stands behind the `=` of an argument."""
    for how in HOW:
        if how.startswith(name + "="):
            return how[len(name) + 1:]
    return default


def write(text):
    sys.stdout.write(text)
    sys.stdout.flush()


def send(message):
    write(json.dumps(dict(jsonrpc="2.0", **message)) + "\n")


def request(method, params):
    """Asks the host and waits, answering what comes meanwhile."""
    STATE["last"] += 1
    own = "p%d" % STATE["last"]
    send({"id": own, "method": method, "params": params})
    while True:
        message = receive()
        if message.get("id") == own and "method" not in message:
            if "error" in message:
                raise Failure(message["error"])
            return message["result"]
        take(message)


def hang():
    """Does nothing more until a signal ends it."""
    while True:
        signal.pause()


def multiply(count):
    """Has so many children at least, each of them forked by its parent."""
    own, size = os.getpid(), 1
    while size <= count:
        os.fork()
        size *= 2
    if os.getpid() != own:
        hang()


def run_on():
    """Leaves a child that forks its successor and ends, for ever: whoever looks for it finds another."""
    if os.fork() == 0:
        while True:
            if os.fork():
                os._exit(0)


class Failure(Exception):
    def __init__(self, error):
        self.error = error


def receive():
    line = sys.stdin.readline()
    if not line:
        if "ignores_eof" in HOW:
            hang()
        sys.exit(0)
    return json.loads(line)


def take(message):
    if "method" not in message:
        return  # The answer to something that nobody waits for.
    if "id" not in message:
        return notified(message["method"], message.get("params"))
    method, params = message["method"], message.get("params") or {}
    try:
        handler = HOST.get(method) or globals()["do_" + method.split(".", 1)[1]]
        result = handler(params)
    except Failure as failure:
        return send({"id": message["id"], "error": failure.error})
    if result is not NOTHING:
        send({"id": message["id"], "result": result})


NOTHING = object()


def notified(method, params):
    STATE["events"].append([method, params])


# What the host asks ---------------------------------------------------------------------------


def method(name, effect="read", **more):
    return dict(name="%s.%s" % (NAME, name), summary="Does %s." % name, effect=effect,
                params={"type": "object", "additionalProperties": True}, **more)


def describe(params):
    if "exits_at_once" in HOW:
        sys.exit(3)
    if "hangs_in_describe" in HOW:
        hang()
    if "asks_in_describe" in HOW:
        request("host.call", {"method": "system.ping"})
    if option("manifest"):
        return json.loads(option("manifest"))
    methods = [
        method("echo"), method("pid"), method("meta"), method("told"), method("hang"),
        method("die"), method("call"), method("ask"), method("reuse"), method("progress"), method("where"),
        method("write", "write"), method("slow", "write"), method("spew", "write"),
    ]
    if "steals" in HOW:
        methods.append(dict(method("x"), name="system.ping"))
    if "steals_noun" in HOW:
        methods.append(dict(method("x"), name="tame.purr"))
    methods += [method("many")] * int(option("methods", "0"))
    features = ["cancel"] + [f for f in ("validate", "reload", "health", "dry_run") if f in HOW]
    manifest = {
        "protocol": [1], "name": option("called", NAME), "version": "1.0.0",
        "summary": "A tame animal.", "features": features, "methods": methods,
        "events": [{"topic": t} for t in filter(None, option("events", "").split(","))],
        "hooks": json.loads(option("hooks", "[]")),
        "requires": json.loads(option("requires", "{}")),
        "contributions": json.loads(option("contributions", "[]")),
    }
    if option("protocol"):
        manifest["protocol"] = [int(option("protocol"))]
    if option("schema"):
        manifest["config_schema"] = json.loads(option("schema"))
    if option("disable"):
        manifest["disable"] = option("disable")
    return manifest


def validate(params):
    if params["config"].get("colour") == "octarine":
        return {"ok": False, "fields": [{"path": "colour", "reason": "can't be seen"}]}
    return {"ok": True}


def start(params):
    STATE.update(config=params["config"], dir=params["state_dir"])
    if "throws_in_start" in HOW:
        raise Failure({"code": 2000, "message": "no mood"})
    if "hangs_in_start" in HOW:
        hang()
    if "dies_in_start" in HOW:
        os.kill(os.getpid(), signal.SIGKILL)
    if "fails_without" in HOW and not os.path.exists(params["config"]["file"]):
        raise Failure({"code": 2000, "message": "the file is not there"})
    if "calls_in_start" in HOW:
        STATE["events"].append(request("host.call", {"method": "system.ping"}))
    if "forks" in HOW:
        subprocess.Popen(["sleep", "600"])
    if "blue_fails" in HOW and params["config"].get("colour") == "blue":
        raise Failure({"code": 2000, "message": "not blue"})
    return {}


def reload(params):
    STATE["config"] = params["config"]
    return {"applied": params["config"].get("colour") != "green"}


def health(params):
    return {"ok": "unwell" not in HOW, "message": "a headache"}


def stop(params):
    if "hangs_in_stop" in HOW:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        hang()
    return {}


def hook(params):
    payload = params["payload"]
    if "notes_hooks" in HOW:
        STATE["events"].append(["hook.call", params])
    if "sleeps_in_hook" in HOW:
        hang()
    if "fails_in_hook" in HOW:
        raise Failure({"code": 2000, "message": "no idea"})
    if "dies_in_hook" in HOW:
        os._exit(7)
    if "rejects" in HOW:
        return {"action": "reject", "error": {"message": "not today", "kind": "mood", "code": 2001}}
    if "replaces" in HOW:
        return {"action": "replace", "payload": dict(payload, who=payload.get("who", "") + NAME)}
    return {"action": option("action", "continue")}


def contribute(params):
    if "hangs_in_contribute" in HOW:
        return NOTHING
    if "fails_in_contribute" in HOW:
        raise Failure({"code": 2000, "message": "nothing to say"})
    if "dies_in_contribute" in HOW:
        os._exit(7)
    if option("items"):
        return {"items": json.loads(option("items"))}
    return {"items": [
        {"subject": subject, "section": section, "title": "%s of %s" % (section, subject),
         "lines": [{"text": params["_meta"]["principal"], "ref": subject, "data": {"n": 1}}]}
        for subject in params["subjects"] for section in params["sections"]]}


def deliver(params):
    if "refuses_events" in HOW:
        raise Failure({"code": 2000, "message": "no"})
    if "holds_events" in HOW:
        STATE["waiting"].append(params["seq"])
        return NOTHING
    with open(STATE["dir"] + "/events", "a") as file:
        file.write("%d %s\n" % (params["seq"], params["topic"]))
    return {}


HOST = {
    "plugin.describe": describe, "plugin.validate": validate, "plugin.start": start,
    "plugin.reload": reload, "plugin.health": health, "plugin.stop": stop,
    "hook.call": hook, "plugin.contribute": contribute, "event.deliver": deliver,
}


# Its own methods ------------------------------------------------------------------------------


def do_echo(params):
    params.pop("_meta")
    return params


def do_write(params):
    return do_echo(params)


def do_slow(params):
    hang()


def do_pid(params):
    return {"pid": os.getpid(), "config": STATE["config"], "env": dict(os.environ)}


def do_meta(params):
    return params["_meta"]


def do_told(params):
    return {"told": STATE["events"], "waiting": STATE["waiting"]}


def do_where(params):
    return {"dir": STATE["dir"]}


def do_hang(params):
    return NOTHING


def do_die(params):
    os.kill(os.getpid(), signal.SIGKILL)


def do_call(params):
    return {"answer": request("host.call", params["call"])}


def do_ask(params):
    return {"answer": request(params["method"], params["params"])}


def do_reuse(params):
    """Asks, gives up, and asks for something else under the same id, all in one breath."""
    lines = [{"id": "same", "method": "host.call", "params": {"method": "system.info"}},
             {"method": "$/cancelRequest", "params": {"id": "same"}},
             {"id": "same", "method": "host.call", "params": {"method": "system.ping"}}]
    write("".join(json.dumps(dict(jsonrpc="2.0", **line)) + "\n" for line in lines))
    return {"answers": [receive(), receive()]}


def do_progress(params):
    token = params["_meta"].get("progress_token")
    for step in range(1, 4):
        send({"method": "$/progress", "params": {"progress_token": token, "progress": step,
                                                 "total": 3, "message": "step %d" % step}})
    return {}


def do_spew(params):
    """Writes something that it had better not."""
    what, count = params["what"], params.get("count", 1)
    if what == "garbage":
        write("this is not JSON\n" * count)
    elif what == "flood":
        for number in range(count):
            sys.stdout.write('{"jsonrpc":"2.0","method":"log","params":{"message":"%d"}}\n' % number)
        sys.stdout.flush()
    elif what == "errors":
        sys.stderr.write("alas\n" * count)
        sys.stderr.flush()
    elif what == "large":
        for _ in range(count):
            sys.stdout.write("x" * (1 << 20))
        write("\n")
    elif what == "deep":
        write('{"jsonrpc":"2.0","method":"log","params":%s}\n' % ("[" * 5000 + "]" * 5000))
    elif what == "half":
        write('{"jsonrpc":"2.0","id":1,"res')
        os._exit(0)
    elif what == "stray":
        for number in (99999, "abc", None, -1):
            send({"id": number, "result": {}})
    elif what == "batch":
        write("[]\n")
    elif what == "requests":
        for number in range(count):
            sys.stdout.write(
                '{"jsonrpc":"2.0","id":"r%d","method":"store.get","params":{"key":"k"}}\n' % number)
        sys.stdout.flush()
    elif what == "same_id":
        for _ in range(2):
            send({"id": "same", "method": "host.call", "params": {"method": "system.ping"}})
    elif what == "forks":
        multiply(count)
    elif what == "runs_on":
        run_on()
    elif what == "memory":
        STATE["hoard"] = bytearray(os.urandom(1 << 20)) * 100
    elif what == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    elif what == "twice":
        send({"id": STATE["now"], "result": {"first": True}})
    elif what == "stderr":
        sys.stderr.write("plain words\n")
        sys.stderr.write('{"level":"warning","message":"a warning"}\n')
        sys.stderr.write("secret=%s\n" % os.environ.get("SECRET", ""))
        sys.stderr.flush()
    return {}


if "prints" in HOW:
    print("Hello, I am starting!")
if "exits" in HOW:
    sys.exit(int(option("status", "0")))
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
while True:
    received = receive()
    STATE["now"] = received.get("id")
    take(received)
