#!/usr/bin/env python3
"""Writes zones.tsv and recurrences.tsv, which CalendarTests reads: what Python's zoneinfo and dateutil make of
time zones and of recurrence rules. Wants python3-dateutil and tzdata; the seed makes it repeatable.

zones.tsv        zone, local time, its instant in seconds since 1970 (RFC 5545, 3.3.5: a local time that does not
                 exist is read with the offset before the gap, of one that exists twice the first is meant), and
                 the offset in seconds at the instant that has the local time's number
recurrences.tsv  zone, local start, rule, the first instants
"""
import random
from datetime import datetime, timedelta, timezone
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

# The last year: governments change their minds, and a test should not know it before them.
ZONES = {
    "UTC": 2060, "Europe/Berlin": 2060, "Europe/Dublin": 2060, "America/New_York": 2060,
    "America/St_Johns": 2060, "America/Sao_Paulo": 2024, "America/Havana": 2024, "Africa/Casablanca": 2024,
    "Africa/Cairo": 2024, "Asia/Tehran": 2024, "Asia/Kathmandu": 2060, "Asia/Gaza": 2023,
    "Australia/Lord_Howe": 2060, "Pacific/Apia": 2024, "Pacific/Chatham": 2060, "Antarctica/Troll": 2060,
}
EPOCH = datetime(1970, 1, 1)
pick = random.Random(5545)
here = Path(__file__).parent


def seconds(naive):
    return int((naive - EPOCH).total_seconds())


def instant(naive, zone):
    return int(naive.replace(tzinfo=zone, fold=0).timestamp())


def offset(second, zone):
    return int(datetime.fromtimestamp(second, zone).utcoffset().total_seconds())


def changes(zone, last):
    """The seconds at which the offset changes, from 1960 on."""
    second, end = seconds(datetime(1960, 1, 1)), seconds(datetime(last, 12, 31))
    before = offset(second, zone)
    while second < end:
        after = offset(second + 86_400, zone)
        if after != before:
            low, high = second, second + 86_400
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(middle, zone) == before else (low, middle)
            yield high, before, after
        second, before = second + 86_400, after


def zone_rows():
    for name, last in ZONES.items():
        zone = ZoneInfo(name)
        found = list(changes(zone, last))
        chosen = found if len(found) <= 24 else pick.sample(found, 24)
        for second, before, after in sorted(chosen):
            for local in (second + before, second + after):
                for step in (-5400, -1, 0, 1, 1799, 5400):
                    yield name, EPOCH + timedelta(seconds=local + step), zone
        for _ in range(20):
            local = pick.randrange(seconds(datetime(1960, 1, 1)), seconds(datetime(last, 12, 30)))
            yield name, EPOCH + timedelta(seconds=local), zone


DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def some(values, most):
    return ",".join(map(str, sorted(pick.sample(list(values), pick.randint(1, most)))))


def rule():
    """A rule out of the parts that occur, and some that hardly do."""
    frequency = pick.choice(["DAILY", "WEEKLY", "WEEKLY", "MONTHLY", "MONTHLY", "YEARLY", "HOURLY"])
    parts = [f"FREQ={frequency}"]
    if pick.random() < 0.5:
        parts.append(f"INTERVAL={pick.randint(1, 6)}")
    if frequency == "WEEKLY" and pick.random() < 0.8:
        parts.append("BYDAY=" + ",".join(pick.sample(DAYS, pick.randint(1, 4))))
        if pick.random() < 0.3:
            parts.append("WKST=" + pick.choice(DAYS))
    if frequency == "MONTHLY":
        kind = pick.random()
        if kind < 0.4:
            parts.append(f"BYDAY={pick.choice([-2, -1, 1, 2, 3, 4, 5])}{pick.choice(DAYS)}")
        elif kind < 0.7:
            parts.append("BYMONTHDAY=" + some([-31, -2, -1, 1, 2, 15, 28, 29, 30, 31], 3))
        elif kind < 0.9:
            parts.append("BYDAY=" + ",".join(DAYS[:5]))
            parts.append(f"BYSETPOS={pick.choice([-2, -1, 1, 2, 3])}")
        else:
            parts.append("BYDAY=FR;BYMONTHDAY=13")
    if frequency == "YEARLY":
        kind = pick.random()
        if kind < 0.4:
            parts.append("BYMONTH=" + some(range(1, 13), 3))
        elif kind < 0.6:
            parts.append("BYMONTH=" + some(range(1, 13), 2) + ";BYDAY=" + pick.choice(["-1SU", "2SU", "1MO", "FR"]))
        elif kind < 0.7:
            parts.append("BYYEARDAY=" + some([1, 60, 100, 200, 366, -1, -100], 2))
        elif kind < 0.85:
            # Not weeks 52 and 53, which dateutil confuses in the first days of a January.
            parts.append("BYWEEKNO=" + some([1, 10, 20, 51, -1], 2) + ";BYDAY=" + pick.choice(DAYS))
        else:
            parts.append("BYMONTH=2;BYMONTHDAY=29")
    if frequency == "DAILY" and pick.random() < 0.4:
        parts.append("BYMONTH=" + some(range(1, 13), 4))
    if frequency != "HOURLY" and pick.random() < 0.4:
        parts.append("BYHOUR=" + some(range(0, 24), 3))
        if pick.random() < 0.5:
            parts.append("BYMINUTE=" + some([0, 15, 30, 45], 2))
    if frequency == "HOURLY" and pick.random() < 0.5:
        parts.append("BYDAY=" + pick.choice(DAYS))
    end = pick.random()
    if end < 0.2:
        parts.append(f"COUNT={pick.randint(1, 12)}")
    elif end < 0.3:
        parts.append(f"UNTIL={pick.choice([2017, 2019, 2021])}0615T120000")
    return ";".join(parts)


def recurrence_rows():
    made = 0
    while made < 1200:
        name = pick.choice(list(ZONES))
        zone = ZoneInfo(name)
        # Half of them just before a change of the offset, at a time of day that it hits.
        start = EPOCH + timedelta(seconds=pick.randrange(seconds(datetime(2015, 1, 1)), seconds(datetime(2020, 1, 1))))
        found = [change for change in changes(zone, 2021) if change[0] > seconds(datetime(2015, 1, 1))]
        if found and pick.random() < 0.5:
            second, before, after = pick.choice(found)
            start = EPOCH + timedelta(seconds=second + pick.choice([before, after]) - 3 * 86_400 + pick.choice([-60, 0, 600, 1800]))
        start = start.replace(microsecond=0)
        text = rule()
        dates = list(islice(rrulestr(text, dtstart=start), 14))
        instants = []
        for date in dates:
            if date.year > min(2023, ZONES[name]):
                break
            second = instant(date, zone)
            if not instants or second > instants[-1]:
                instants.append(second)
        if not instants:
            continue
        made += 1
        yield name, start, text, instants


with open(here / "zones.tsv", "w") as out:
    for name, local, zone in zone_rows():
        print(name, local.isoformat(), instant(local, zone), offset(seconds(local), zone), sep="\t", file=out)
with open(here / "recurrences.tsv", "w") as out:
    for name, start, text, instants in recurrence_rows():
        print(name, start.isoformat(), text, ",".join(map(str, instants)), sep="\t", file=out)
