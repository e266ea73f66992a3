"""OpsLoop in a Python program, through ctypes and nothing else.

    python3 embedded_host.py LIBRARY DATA-FOLDER
"""

import ctypes
import json
import os
import sys
import threading

TEXT_FUNCTION = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(ctypes.c_char), ctypes.c_size_t)


class OpsLoopError(Exception):
    """What the library said was wrong, with its code."""


class OpsLoop:
    """One OpsLoop in this process, on a thread of its own."""

    def __init__(self, library, configuration):
        self._lib = ctypes.CDLL(library)
        self._lib.opsloop_version.restype = ctypes.c_char_p
        self._ops = ctypes.c_void_p()
        self._callbacks = []
        self._check("opsloop_create", json.dumps(configuration).encode(), ctypes.byref(self._ops))
        try:
            self._check("opsloop_start", self._ops)
            self._check("opsloop_run", self._ops)
        except OpsLoopError:
            self.close()
            raise

    def _check(self, name, *arguments):
        """Calls a function whose last parameter is the error's text."""
        text = ctypes.c_void_p()
        code = getattr(self._lib, name)(*arguments, ctypes.byref(text))
        if code != 0:
            error = json.loads(ctypes.string_at(text)) if text else {}
            self._lib.opsloop_free(text)
            raise OpsLoopError(code, error.get("kind"), error.get("message"))

    @property
    def version(self):
        return self._lib.opsloop_version().decode()

    def call(self, method, **params):
        """Calls a method and returns its result; the GIL is free meanwhile."""
        request = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        text = ctypes.c_void_p()
        size = ctypes.c_size_t(len(request))
        code = self._lib.opsloop_call_sync(self._ops, request, size, ctypes.byref(text))
        if code != 0:
            raise OpsLoopError(code, "call", method)
        answer = json.loads(ctypes.string_at(text))
        self._lib.opsloop_free(text)
        if "error" in answer:
            raise OpsLoopError(answer["error"]["code"], method, answer["error"]["message"])
        return answer["result"]

    def follow(self, topics, on_event, from_seq=None):
        """Calls on_event with each event, on the library's thread; returns what is set at the end."""
        ended = threading.Event()

        def deliver(_, text, length):
            on_event(json.loads(text[:length])) if text else ended.set()

        function = TEXT_FUNCTION(deliver)
        self._callbacks.append(function)  # ctypes functions must outlive their last call
        params = {"topics": topics} | ({} if from_seq is None else {"from_seq": from_seq})
        self._check("opsloop_subscribe", self._ops, json.dumps(params).encode(), function, None, None)
        return ended

    def close(self):
        self._lib.opsloop_destroy(self._ops)
        self._ops = ctypes.c_void_p()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def main():
    library, data = sys.argv[1:]
    heartbeat = {"name": "cron", "type": "heartbeat", "interval_ms": 60000}
    configuration = {"data": data, "plugins": [{"name": "monitoring"}]}
    with OpsLoop(library, configuration) as ops:
        print("version", ops.version)
        created = threading.Event()
        ended = ops.follow(["check.created"], lambda event: (print(event["topic"]), created.set()))
        print("created", ops.call("check.create", **heartbeat)["ref"])
        created.wait(30)
        try:
            ops.call("check.create", **heartbeat)
        except OpsLoopError as error:
            print("refused", error.args[0])
        try:
            OpsLoop(library, configuration)
        except OpsLoopError as error:
            print("second", error.args[1])
    print("ended", ended.is_set())


if __name__ == "__main__":
    main()
