#!/usr/bin/env python3
"""Runs Debian's icinga2 on the sequences and writes what it made of every result.

    icinga2.py FILE

Results go in by the API, which answers when they are handled; the services' states are read after each step.
Notifications come from the event stream, where each carries the output of the result that it is about.
"""

import base64
import http.client
import json
import os
import re
import ssl
import subprocess
import sys
import tempfile
import threading
import time

import sequences

PROGRAM = "/usr/lib/x86_64-linux-gnu/icinga2/sbin/icinga2"
PORT = 15665
CODES = {"o": 0, "w": 1, "c": 2, "u": 3}
SETTLING = 3


def configure(folder, rows):
    """Writes a configuration with a service for each sequence, and a certificate for the API."""
    objects = [
        f"""
const NodeName = "vectors"
object Zone "vectors" {{ endpoints = [ "vectors" ] }}
object Endpoint "vectors" {{ }}
object IcingaApplication "app" {{ }}
object CheckerComponent "checker" {{ }}
object NotificationComponent "notification" {{ }}
object FileLogger "log" {{ severity = "warning", path = "{folder}/icinga2.log" }}
object ApiListener "api" {{ bind_host = "127.0.0.1", bind_port = {PORT} }}
object ApiUser "u" {{ password = "p", permissions = [ "*" ] }}
object CheckCommand "true" {{ command = [ "/bin/true" ] }}
object NotificationCommand "true" {{ command = [ "/bin/true" ] }}
object User "somebody" {{ }}
object Host "h" {{ check_command = "true", enable_active_checks = false, check_interval = 1d }}
"""
    ]
    for number, (_, attempts, volatile, _, _) in enumerate(rows):
        objects.append(
            f"""
object Service "s{number}" {{
  host_name = "h"
  check_command = "true"
  enable_active_checks = false
  check_interval = 1d
  max_check_attempts = {attempts}
  volatile = {str(volatile).lower()}
  enable_flapping = true
}}
object Notification "n{number}" {{
  host_name = "h"
  service_name = "s{number}"
  command = "true"
  users = [ "somebody" ]
  interval = 0
}}
"""
        )
    with open(f"{folder}/icinga2.conf", "w", encoding="utf-8") as file:
        file.write("".join(objects))
    certs = f"{folder}/lib/certs"
    for place in [certs, f"{folder}/run", f"{folder}/log", f"{folder}/cache", f"{folder}/spool"]:
        os.makedirs(place)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=vectors",
         "-keyout", f"{certs}/vectors.key", "-out", f"{certs}/vectors.crt"],
        check=True, stderr=subprocess.DEVNULL)
    with open(f"{certs}/vectors.crt", "rb") as source, open(f"{certs}/ca.crt", "wb") as target:
        target.write(source.read())


def start(folder):
    """Starts the daemon with folders of its own."""
    places = {
        "ConfigDir": folder, "DataDir": f"{folder}/lib", "LogDir": f"{folder}/log", "CacheDir": f"{folder}/cache",
        "SpoolDir": f"{folder}/spool", "InitRunDir": f"{folder}/run", "RunAsUser": "root", "RunAsGroup": "root",
    }
    defines = [f"--define={name}={value}" for name, value in places.items()]
    command = [PROGRAM, "daemon", f"--config={folder}/icinga2.conf", *defines]
    output = open(f"{folder}/output", "w", encoding="utf-8")
    return subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)


class API:
    """A connection to the daemon's API."""

    def __init__(self):
        context = ssl._create_unverified_context()
        self.connection = http.client.HTTPSConnection("127.0.0.1", PORT, context=context, timeout=120)

    def ask(self, method, path, body):
        headers = {
            "Authorization": "Basic " + base64.b64encode(b"u:p").decode(), "Accept": "application/json",
            "X-HTTP-Method-Override": method, "Content-Type": "application/json",
        }
        self.connection.request("POST", path, json.dumps(body), headers)
        return self.connection.getresponse()

    def call(self, method, path, body):
        answer = self.ask(method, path, body)
        text = answer.read()
        if answer.status != 200:
            sys.exit(f"icinga2: {path}: {answer.status} {text[:500]}")
        return json.loads(text)["results"]


def listen(said):
    """Notes each notification by (service, step)."""
    api = API()
    api.connection.timeout = None
    stream = api.ask("POST", "/v1/events", {"queue": "vectors", "types": ["Notification"]})
    while True:
        line = stream.readline()
        if not line:
            return
        event = json.loads(line)
        step = int(event["check_result"]["output"].split(" ")[1])
        letter = {"PROBLEM": "P", "RECOVERY": "R"}.get(event["notification_type"], "")
        said.setdefault((event["service"], step), []).append(letter)


def wait_for_api(daemon):
    """Returns once the daemon answers."""
    for _ in range(300):
        if daemon.poll() is not None:
            break
        try:
            API().call("GET", "/v1/status/IcingaApplication", {})
            return
        except OSError:
            time.sleep(0.2)
    sys.exit("icinga2 did not start")


def feed(rows):
    """Submits the results step by step and answers the services' attributes after each step."""
    api, steps = API(), []
    attributes = ["state", "state_type", "check_attempt", "flapping", "flapping_current"]
    for step in range(max(len(row[3]) for row in rows)):
        for letter, code in CODES.items():
            names = [f"s{n}" for n, row in enumerate(rows) if row[3][step : step + 1] == letter]
            if not names:
                continue
            api.call(
                "POST", "/v1/actions/process-check-result",
                {"type": "Service", "filter": "service.name in names", "filter_vars": {"names": names},
                 "exit_status": code, "plugin_output": f"step {step}"})
        found = api.call("GET", "/v1/objects/services", {"attrs": attributes})
        steps.append({item["name"].split("!")[1]: item["attrs"] for item in found})
    return steps


def read(rows, steps, said):
    """The vectors."""
    vectors = []
    for number, (what, attempts, volatile, results, _) in enumerate(rows):
        name = f"s{number}"
        seen = [steps[step][name] for step in range(len(results))]
        letters = [said.get((name, step), []) for step in range(len(results))]
        vectors.append({
            "what": what, "max_attempts": attempts, "volatile": volatile, "results": results,
            "states": "".join("owcu"[int(item["state"])] for item in seen),
            "types": "".join("sh"[int(item["state_type"])] for item in seen),
            "attempts": [int(item["check_attempt"]) for item in seen],
            "notified": "".join(next((letter for letter in step if letter), ".") for step in letters),
            "flapping": "".join("f" if item["flapping"] else "." for item in seen),
            "percent": [item["flapping_current"] for item in seen],
        })
    return vectors


def main():
    path = sys.argv[1]
    rows = sequences.sequences()
    text = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.search(r"version: r?([\d.]+)", text)[1]
    with tempfile.TemporaryDirectory() as folder:
        configure(folder, rows)
        daemon = start(folder)
        try:
            wait_for_api(daemon)
            said = {}
            threading.Thread(target=listen, args=(said,), daemon=True).start()
            time.sleep(SETTLING)
            steps = feed(rows)
            time.sleep(SETTLING)
        finally:
            daemon.terminate()
            daemon.wait()
        sequences.write(path, "icinga2", version, read(rows, steps, said))


main()
