"""The sequences of results that both daemons are given: by hand for the corners, and random ones from a seed."""

import random

LETTERS = "owcu"

# What it is about, max_attempts, volatile, results; for Nagios also the host's states, u(p) or d(own).
CORNERS = [
    ("first result good", 3, False, "ooo"),
    ("first result bad", 3, False, "ccccc"),
    ("first result bad, two attempts", 2, False, "cccoo"),
    ("first result bad, one attempt", 1, False, "ccoco"),
    ("first result unknown", 3, False, "uuuuo"),
    ("first result warning, then good", 3, False, "wooo"),
    ("soft, then hard", 3, False, "oooccccc"),
    ("soft, then good", 3, False, "occoccoo"),
    ("soft with changing states", 3, False, "owcuwcuo"),
    ("hard with changing states", 3, False, "occcwwuucco"),
    ("recovery and relapse", 2, False, "occoccocoo"),
    ("recovery after one good result", 5, False, "oooccccccoccccco"),
    ("one attempt", 1, False, "ocowouoccwwuuo"),
    ("two attempts", 2, False, "oucoccwwoouuo"),
    ("ten attempts", 10, False, "o" + "c" * 12 + "o" + "cw" * 7 + "oo"),
    ("volatile", 3, True, "oooccccccooccwwuuoo"),
    ("volatile, one attempt", 1, True, "oocccwwoocuoo"),
    ("volatile, first result bad", 2, True, "ccccoo"),
    ("volatile, soft and good", 3, True, "ococcooccc"),
    ("flapping between good and bad, hard each time", 1, False, "o" * 22 + "co" * 15 + "o" * 30),
    ("flapping softly", 3, False, "o" * 22 + "co" * 15 + "o" * 30),
    ("flapping between two bad states", 1, False, "o" * 22 + "cw" * 15 + "c" * 30),
    ("flapping that ends bad", 1, False, "o" * 22 + "co" * 12 + "c" * 30 + "oooo"),
    ("flapping that begins bad", 1, False, "o" * 22 + "c" * 3 + "oc" * 12 + "o" * 30),
    ("a problem before the flapping, and good at its end", 1, False, "o" * 5 + "c" * 22 + "oc" * 6 + "o" * 30),
    ("flapping from the first result", 1, False, "co" * 12 + "o" * 25),
    ("flapping of a volatile check", 1, True, "o" * 22 + "co" * 12 + "o" * 25),
    ("every third result bad", 1, False, "ooc" * 22),
    ("every fifth result bad", 1, False, "ooooc" * 14),
    ("at the thresholds", 1, False, "o" * 25 + "ooococococooooocoooooooococooooooooooo"),
]

HOSTS_DOWN = [
    ("host down: hard at once and silent", 3, False, "oooccccoo", "uuudddddd"),
    ("host down after a soft problem", 3, False, "oocccccoo", "uuudddddu"),
    ("host up again while soft", 3, False, "oocccccccoo", "uuddduuuuuu"),
    ("host up again, still bad", 3, False, "ooccccccooo", "uudddduuuuu"),
    ("host down, states change", 3, False, "ooccwwuuoocc", "uudddddddddd"),
    ("host down, volatile", 3, True, "ooccwwuuoocc", "uudddddddduu"),
    ("host down, one attempt", 1, False, "ooccwoocco", "uudddduuuu"),
]


def sequences(hosts=False):
    """All sequences, as (what, max_attempts, volatile, results, hosts)."""
    rows = [(*corner, "") for corner in CORNERS]
    if hosts:
        rows += HOSTS_DOWN
    chance = random.Random(20261121)
    for number in range(270):
        rows.append((f"random {number + 1}", *_random(chance), ""))
    if hosts:
        for number in range(60):
            attempts, volatile, results = _random(chance)
            down = _runs(chance, "ud", len(results), 0.15)
            rows.append((f"random with a host {number + 1}", attempts, volatile, results, down))
    return rows


def _random(chance):
    attempts = chance.choice([1, 1, 2, 3, 3, 3, 4, 5, 10])
    volatile = chance.random() < 0.2
    unrest = chance.choice([0.05, 0.15, 0.3, 0.5, 0.8])
    letters = chance.choice(["oc", "ooowcu", LETTERS, "ow", "occcwu"])
    return attempts, volatile, _runs(chance, letters, chance.randint(20, 70), unrest)


def _runs(chance, letters, length, unrest):
    """Letters that stay as they are, but for an unrest between 0 and 1."""
    text = chance.choice(letters)
    while len(text) < length:
        text += chance.choice(letters) if chance.random() < unrest else text[-1]
    return text


def write(path, program, version, rows):
    """Writes what a daemon made of the sequences, one to a line."""
    import json

    with open(path, "w", encoding="utf-8") as file:
        head = json.dumps({"program": program, "version": version})
        file.write(head[:-1] + ', "sequences": [\n')
        file.write(",\n".join(json.dumps(row, separators=(",", ":")) for row in rows))
        file.write("\n]}\n")
