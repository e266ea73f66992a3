#!/usr/bin/env python3
"""Runs Debian's nagios4 on the sequences and writes what it made of every result.

    nagios4.py FILE

Results go in by the command file. Nagios writes its performance data after each result, with the state as it then
is, and its log says between two results whether it notified or found flapping.
"""

import os
import re
import subprocess
import sys
import tempfile
import time

import sequences

PROGRAM = "/usr/sbin/nagios4"
CODES = {"o": 0, "w": 1, "c": 2, "u": 3}
STATES = {"OK": "o", "WARNING": "w", "CRITICAL": "c", "UNKNOWN": "u"}


def configure(folder, rows):
    """Writes a configuration with a host and a service for each sequence."""
    objects = [
        """
define timeperiod {
 timeperiod_name always
 alias always
 sunday 00:00-24:00
 monday 00:00-24:00
 tuesday 00:00-24:00
 wednesday 00:00-24:00
 thursday 00:00-24:00
 friday 00:00-24:00
 saturday 00:00-24:00
}
define command {
 command_name true
 command_line /bin/true
}
define contact {
 contact_name somebody
 host_notifications_enabled 0
 service_notifications_enabled 1
 host_notification_period always
 service_notification_period always
 host_notification_options n
 service_notification_options w,u,c,r,f
 host_notification_commands true
 service_notification_commands true
}
"""
    ]
    for number, (_, attempts, volatile, _, _) in enumerate(rows):
        objects.append(
            f"""
define host {{
 host_name h{number}
 address 127.0.0.1
 check_command true
 max_check_attempts 1
 active_checks_enabled 0
 check_interval 0
 flap_detection_enabled 0
 check_period always
 contacts somebody
 notification_interval 0
 notification_period always
}}
define service {{
 host_name h{number}
 service_description s
 check_command true
 max_check_attempts {attempts}
 is_volatile {int(volatile)}
 check_interval 1
 retry_interval 1
 active_checks_enabled 0
 passive_checks_enabled 1
 check_period always
 flap_detection_enabled 1
 contacts somebody
 notification_interval 0
 notification_options w,u,c,r,f
 notification_period always
}}
"""
        )
    with open(f"{folder}/objects.cfg", "w", encoding="utf-8") as file:
        file.write("".join(objects))
    with open(f"{folder}/nagios.cfg", "w", encoding="utf-8") as file:
        file.write(
            f"""
log_file={folder}/nagios.log
cfg_file={folder}/objects.cfg
object_cache_file={folder}/objects.cache
status_file={folder}/status.dat
state_retention_file={folder}/retention.dat
temp_file={folder}/nagios.tmp
temp_path={folder}
check_result_path={folder}/results
lock_file={folder}/nagios.lock
command_file={folder}/nagios.cmd
query_socket={folder}/nagios.qh
nagios_user=root
nagios_group=root
check_external_commands=1
accept_passive_service_checks=1
accept_passive_host_checks=1
execute_service_checks=0
execute_host_checks=0
log_passive_checks=1
log_notifications=1
log_rotation_method=n
use_syslog=0
enable_notifications=1
enable_flap_detection=1
low_service_flap_threshold=20.0
high_service_flap_threshold=30.0
check_for_updates=0
retain_state_information=0
process_performance_data=1
service_perfdata_file={folder}/perfdata
service_perfdata_file_mode=a
service_perfdata_file_template=$HOSTNAME$\\t$SERVICEOUTPUT$\\t$SERVICESTATE$\\t$SERVICESTATETYPE$\\t$SERVICEATTEMPT$\\t$SERVICEPERCENTCHANGE$
"""
        )
    os.mkdir(f"{folder}/results")


def commands(rows):
    """All results, step by step, as lines of the command file."""
    longest = max(len(row[3]) for row in rows)
    for step in range(longest):
        for number, (_, _, _, results, hosts) in enumerate(rows):
            if step >= len(results):
                continue
            if hosts and (step == 0 or hosts[step] != hosts[step - 1]):
                code = int(hosts[step] == "d")
                yield f"PROCESS_HOST_CHECK_RESULT;h{number};{code};step {step}"
            yield f"PROCESS_SERVICE_CHECK_RESULT;h{number};s;{CODES[results[step]]};step {step}|x=1"


def wait(condition, what):
    """Returns once a condition holds."""
    end = time.monotonic() + 120
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"nagios4: {what} did not happen")
        time.sleep(0.2)


def feed(folder, rows):
    """Runs the daemon until it has handled all results."""
    daemon = subprocess.Popen([PROGRAM, f"{folder}/nagios.cfg"], stdout=subprocess.DEVNULL)
    try:
        wait(lambda: os.path.exists(f"{folder}/nagios.cmd"), "the command file")
        lines = list(commands(rows))
        expected = sum("SERVICE" in line for line in lines)
        with open(f"{folder}/nagios.cmd", "w", encoding="utf-8") as pipe:
            for line in lines:
                pipe.write(f"[{int(time.time())}] {line}\n")
                pipe.flush()
        perfdata = f"{folder}/perfdata"

        def count():
            with open(perfdata, encoding="utf-8") as file:
                return sum(1 for _ in file)

        wait(lambda: os.path.exists(perfdata) and count() >= expected, "the last result")
    finally:
        daemon.terminate()
        daemon.wait()


def read_log(folder):
    """What was said after each result: by (service, step), letters for what happened."""
    said, step = {}, {}
    with open(f"{folder}/nagios.log", encoding="utf-8") as file:
        for line in file:
            line = line.rstrip("\n")
            found = re.match(r"\[\d+\] (PASSIVE SERVICE CHECK|SERVICE FLAPPING ALERT): (h\d+);s;(.*)", line)
            if found and found[1].startswith("PASSIVE"):
                # The line shows the output of the result before, so the results are counted.
                step[found[2]] = step.get(found[2], -1) + 1
            elif found:
                said.setdefault((found[2], step[found[2]]), []).append("F" if "STARTED" in found[3] else "E")
                continue
            found = re.match(r"\[\d+\] SERVICE NOTIFICATION: somebody;(h\d+);s;([^;]*);", line)
            if found:
                kind = found[2]
                if not kind.startswith("FLAPPING"):
                    said.setdefault((found[1], step[found[1]]), []).append("R" if kind == "OK" else "P")
    return said


def read(folder, rows):
    """The vectors."""
    seen = {}
    with open(f"{folder}/perfdata", encoding="utf-8") as file:
        for line in file:
            host, output, state, kind, attempt, percent = line.rstrip("\n").split("\t")
            seen[(host, int(output.split(" ")[1]))] = (state, kind, attempt, percent)
    said = read_log(folder)
    vectors = []
    for number, (what, attempts, volatile, results, hosts) in enumerate(rows):
        flapping, flags = False, ""
        steps = [seen[(f"h{number}", step)] for step in range(len(results))]
        notified = ""
        for step in range(len(results)):
            letters = said.get((f"h{number}", step), [])
            if "F" in letters or "E" in letters:
                flapping = "F" in letters
            flags += "f" if flapping else "."
            notified += next((letter for letter in letters if letter in "PR"), ".")
        vector = {"what": what, "max_attempts": attempts, "volatile": volatile, "results": results}
        if hosts:
            vector["hosts"] = hosts
        vector |= {
            "states": "".join(STATES[state] for state, _, _, _ in steps),
            "types": "".join(kind[0].lower() for _, kind, _, _ in steps),
            "attempts": [int(attempt) for _, _, attempt, _ in steps],
            "notified": notified,
            "flapping": flags,
            "percent": [float(percent.rstrip("%")) for _, _, _, percent in steps],
        }
        vectors.append(vector)
    return vectors


def main():
    path = sys.argv[1]
    rows = sequences.sequences(hosts=True)
    said = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.search(r"Nagios Core ([\d.]+)", said)[1]
    with tempfile.TemporaryDirectory() as folder:
        configure(folder, rows)
        feed(folder, rows)
        sequences.write(path, "nagios4", version, read(folder, rows))


main()
