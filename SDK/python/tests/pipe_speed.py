"""Measures the SDK alone: a plugin behind two pipes, and a driver that does as little as it can.

    python3 SDK/python/tests/pipe_speed.py
"""

import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PLUGIN = """
import sys
sys.path.insert(0, {sdk!r})
from opsloop_plugin import Plugin
plugin = Plugin("echo")

@plugin.method("echo.add")
def add(a: int, b: int) -> int:
    return a + b

plugin.run()
"""
META = '"_meta":{"principal":"user:root","request_id":"r1","timeout_ms":30000}'


def line(number):
    text = '{"jsonrpc":"2.0","id":%d,"method":"echo.add","params":{"a":1,"b":2,%s}}\n'
    return (text % (number, META)).encode()


def start():
    source = PLUGIN.format(sdk=os.path.dirname(HERE))
    return subprocess.Popen(
        [sys.executable, "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)


def round_trips(plugin, count):
    """The median time of a call and its answer, one at a time, in microseconds."""
    times = []
    for number in range(count):
        began = time.perf_counter()
        os.write(plugin.stdin.fileno(), line(number))
        answer = b""
        while not answer.endswith(b"\n"):
            answer += os.read(plugin.stdout.fileno(), 65536)
        times.append(time.perf_counter() - began)
    return sorted(times)[count // 2] * 1e6


def rate(plugin, count, in_flight):
    """How many calls a second are answered while `in_flight` are always under way."""
    began = time.perf_counter()
    sent = answered = 0
    while answered < count:
        wanted = min(count, answered + in_flight) - sent
        if wanted:
            os.write(plugin.stdin.fileno(), b"".join(line(sent + i) for i in range(wanted)))
            sent += wanted
        answered += os.read(plugin.stdout.fileno(), 65536).count(b"\n")
    return count / (time.perf_counter() - began)


def main():
    plugin = start()
    round_trips(plugin, 500)
    print(f"median round trip: {round_trips(plugin, 5000):.0f} us")
    print(f"64 in flight: {rate(plugin, 100_000, 64):.0f} calls/s")
    plugin.stdin.close()
    print(f"exit status: {plugin.wait(5)}")


if __name__ == "__main__":
    main()
