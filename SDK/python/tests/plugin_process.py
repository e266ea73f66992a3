"""A plugin in a process of its own, with a host that answers from a dictionary."""

import json
import os
import queue
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
HEAD = f"import sys\nsys.path.insert(0, {os.path.dirname(HERE)!r})\nfrom opsloop_plugin import *\n"
WAIT = 20


class Answer(Exception):
    """An error that the plugin answered."""

    def __init__(self, error):
        super().__init__(error["message"])
        self.code = error["code"]
        self.data = error.get("data", {})


class PluginProcess:
    """Starts a plugin from its source; `host` maps methods to functions of their parameters."""

    def __init__(self, source, host=None):
        self.host = dict(host or {})
        self.asked = queue.Queue()
        self.notes = queue.Queue()
        self.answers = {}
        self.arrived = threading.Condition()
        self.number = 0
        self.process = subprocess.Popen(
            [sys.executable, "-c", HEAD + source + "\nplugin.run()"], bufsize=0,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if not self.process.stdin.closed:
            self.process.stdin.close()
        self.process.wait(WAIT)
        self.reader.join(WAIT)
        self.process.stdout.close()
        self.process.stderr.close()

    def write(self, data):
        os.write(self.process.stdin.fileno(), data)

    def send(self, method, params, number=None):
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        if number is not None:
            message["id"] = number
        self.write(json.dumps(message).encode() + b"\n")

    def begin(self, method, /, **params):
        self.number += 1
        self.send(method, params, self.number)
        return self.number

    def end(self, number):
        """Waits for the answer to a call that was begun; there is exactly one."""
        with self.arrived:
            if not self.arrived.wait_for(lambda: number in self.answers, WAIT):
                raise TimeoutError(f"no answer to {number}")
            message = self.answers.pop(number)
        if "error" in message:
            raise Answer(message["error"])
        return message["result"]

    def call(self, method, /, **params):
        return self.end(self.begin(method, **params))

    def _read(self):
        for line in self.process.stdout:
            message = json.loads(line)
            if "method" not in message:
                with self.arrived:
                    assert message["id"] not in self.answers, "answered twice"
                    self.answers[message["id"]] = message
                    self.arrived.notify_all()
            elif "id" in message:
                self.asked.put(message)
                self._answer(message)
            else:
                self.notes.put(message)

    def _answer(self, message):
        params = message["params"]
        name = params["method"] if message["method"] == "host.call" else message["method"]
        if name not in self.host:
            return
        try:
            reply = {"result": self.host[name](params)}
        except Answer as error:
            reply = {"error": {"code": error.code, "message": str(error), "data": error.data}}
        self.write(json.dumps({"jsonrpc": "2.0", "id": message["id"], **reply}).encode() + b"\n")


class MemoryStore:
    """The host's side of the key-value store."""

    def __init__(self):
        self.values = {}

    def methods(self):
        return {"store.get": self.get, "store.put": self.put, "store.delete": self.delete,
                "store.list": self.list}

    def get(self, params):
        value, generation = self.values.get(params["key"], (None, 0))
        return {"value": value, "generation": generation}

    def put(self, params):
        generation = self.get(params)["generation"]
        if params.get("generation", generation) != generation:
            raise Answer({"code": 1005, "message": "stale", "data": {"kind": "stale_generation"}})
        self.values[params["key"]] = (params["value"], generation + 1)
        return {"generation": generation + 1}

    def delete(self, params):
        return {"deleted": self.values.pop(params["key"], None) is not None}

    def list(self, params):
        keys = [key for key in sorted(self.values) if key.startswith(params.get("prefix", ""))]
        start = int(params.get("cursor", 0))
        page = {"items": [{"key": key, "generation": 1} for key in keys[start:start + 2]]}
        if start + 2 < len(keys):
            page["next_cursor"] = str(start + 2)
        return page
