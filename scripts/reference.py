"""Makes the pages of docs/reference; see docs.sh, which calls it.

reference.py plugins SETTINGS              prints a plugins.json that runs every bundled plugin
reference.py pages SETTINGS OPENRPC FOLDER writes the pages into FOLDER
"""

import json
import pathlib
import re
import sys

NOTE = "<!-- Written by `make docs` from the code; changes here are lost. -->\n"


def cell(value):
    """Text that is safe in a table cell."""
    return str(value).replace("|", "\\|").replace("\n", " ")


def table(head, rows):
    lines = [head, ["---"] * len(head)] + [[cell(c) for c in row] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def kind(schema):
    """The type of a value in a word or two."""
    word = schema.get("type", "any")
    if isinstance(word, list):
        return " or ".join(word)
    if word == "array":
        return f"list of {kind(schema.get('items', {}))}"
    if word == "object" and "properties" in schema:
        return f"object with {', '.join(schema['properties'])}"
    if word == "object" and "additionalProperties" in schema:
        return f"object of {kind(schema['additionalProperties'])}"
    return {"date-time": "time"}.get(schema.get("format"), word)


def limits(schema):
    low, high = schema.get("minimum"), schema.get("maximum")
    parts = []
    if low is not None or high is not None:
        parts.append(f"at least {low}" if high is None else f"{low} to {high}")
    if "maxLength" in schema:
        parts.append(f"{schema.get('minLength', 0)} to {schema['maxLength']} characters")
    if "minItems" in schema:
        parts.append(f"at least {schema['minItems']} items")
    if "pattern" in schema:
        parts.append(f"`{schema['pattern']}`")
    if "enum" in schema:
        parts.append(", ".join(f"`{value}`" for value in schema["enum"]))
    return "; ".join(parts)


def default(field):
    if "default" in field["schema"]:
        return f"`{json.dumps(field['schema']['default'], ensure_ascii=False)}`"
    if types := field.get("x-required-for"):
        return f"required for {', '.join(types)}"
    return "required" if field["required"] else ""


def fields(members):
    rows = [
        [f"`{m['name']}`", kind(m["schema"]), default(m), limits(m["schema"]), help_of(m)]
        for m in members
    ]
    return table(["member", "type", "default", "limits", "meaning"], rows)


def help_of(field):
    text = field["schema"].get("description", "")
    if types := field.get("x-applies-to"):
        text += f" Only for type {', '.join(types)}."
    return text + (" Secret: never shown again." if field.get("x-secret") else "")


def members(schema, path=""):
    """The members of a result, those of objects and lists within it after their owner."""
    needed = schema.get("required", [])
    for name, member in schema.get("properties", {}).items():
        place = f"{path}.{name}" if path else name
        yield [f"`{place}`", kind(member), "always" if name in needed else "when known"]
        inner = member.get("items", member)
        yield from members(inner, place + ("[]" if "items" in member else ""))


def examples(method):
    """Command lines with everything that is required, one for each type of a record."""
    types = [f for f in method["params"] if f["name"] == "type" and f["required"]]
    values = types[0]["schema"]["enum"] if types else [None]
    return "\n".join(example(method, value) for value in values)


def example(method, record_type):
    words = ["opsloop"] + method["name"].split(".")
    for field in method["params"]:
        if record_type and field["name"] == "type":
            words += ["--type", record_type]
        elif field["required"]:
            flag = "--" + re.sub(r"_ms$", "", field["name"]).replace("_", "-")
            words += [sample(field)] if field.get("x-positional") else [flag, sample(field)]
        elif record_type in field.get("x-applies-to", []):
            words += [sample(field)] if field.get("x-positional") else []
            words += ["--", field["schema"]["examples"][0]] if field.get("x-rest") else []
    return " ".join(words)


def sample(field):
    schema = field["schema"]
    values = schema.get("examples") or schema.get("enum")
    value = str(values[0]) if values else field["name"].upper()
    return value if re.fullmatch(r"[\w./:@-]+", value) else "'" + value + "'"


def methods_page(document):
    page = [NOTE, "# Methods\n", "Every method that the bundled plugins and the core answer."]
    page.append(
        "`opsloop help COMMAND` says the same for the daemon that runs. Parameters are given by"
        " name, or by position where no member depends on a record's type. Errors are in"
        " [errors.md](errors.md), the machine-readable form in [openrpc.json](openrpc.json).\n"
    )
    for owner in sorted({m["x-owner"] for m in document["methods"]}, key=lambda o: (o != "core", o)):
        page.append(f"## {owner}\n")
        page += [method_part(m) for m in document["methods"] if m["x-owner"] == owner]
    return "\n".join(page)


def method_part(method):
    part = [f"### {method['name']}\n", method["summary"] + "\n"]
    if deprecated := method.get("x-deprecated"):
        part.append(deprecation(deprecated) + "\n")
    part.append(effect(method) + "\n")
    part.append(fields(method["params"]) if method["params"] else "No parameters.\n")
    rows = list(members(method["result"]["schema"]))
    part.append("Result:\n\n" + table(["member", "type", "present"], rows) if rows
                else "Result: an object without members that are known beforehand.\n")
    if own := method.get("errors"):
        part.append("Errors of its own:\n\n" + own_errors([(method, e) for e in own], False))
    part.append(f"```\n{examples(method)}\n```\n")
    return "\n".join(part)


def effect(method):
    """What the method does, and what that means for dry runs, repetitions and hooks."""
    words = [f"Effect: {method['x-effect']}. Owner: {method['x-owner']}."]
    if method["x-effect"] != "read" and method.get("x-idempotent"):
        words.append("Idempotent.")
    if hook := method.get("x-hook"):
        words.append(f"Hook: `{hook}`.")
    return " ".join(words)


def deprecation(deprecated):
    instead = f"; use `{deprecated['use']}`" if "use" in deprecated else ""
    return f"**Deprecated** since {deprecated['since']}, goes with {deprecated['removal']}{instead}."


def own_errors(pairs, names_method=True):
    rows = [
        [e["code"], f"`{e['data']['kind']}`"]
        + ([f"`{method['name']}`"] if names_method else []) + [e["message"]]
        for method, e in pairs
    ]
    head = ["code", "kind"] + (["method"] if names_method else []) + ["meaning"]
    return table(head, rows)


def settings_page(settings):
    page = [NOTE, "# Settings\n", "What `plugins.json` may say. `opsloopd --check-config` checks"
            " a file; `opsloop system reload` and SIGHUP read it again.\n"]
    page += ["## The file\n", fields(settings["file"])]
    page += ["## An entry of `plugins`\n", fields(settings["plugin"])]
    page += ["## `core`\n", "Read at the start only.\n", fields(settings["core"])]
    page += ["## `server`\n", "Read at the start only.\n", fields(settings["server"])]
    page += ["## `server.http`\n", "Read at the start only.\n", fields(settings["http"])]
    page += ["## `server.http.tls`\n", "The files are read again at a reload.\n", fields(settings["tls"])]
    page += ["## `access`\n", fields(settings["access"])]
    page += ["## An entry of `access.roles`\n", fields(settings["role"])]
    for plugin in settings["plugins"]:
        page += [f"## `config` of {plugin['name']}\n", plugin["summary"] + "\n"]
        page += [fields(plugin["config"]), f"Events of {plugin['name']}:\n"]
        page.append(table(["topic", "meaning"],
                          [[f"`{e['topic']}`", e["summary"]] for e in plugin["events"]]))
    return "\n".join(page)


def retry(source):
    if "retryable: true" in source:
        return "yes"
    return "sometimes" if "retryable: retryable" in source else "no"


DATA = [
    ("kind", "always", "The stable word for the error; compare this one."),
    ("retryable", "always", "Whether the same call may succeed later without being changed."),
    ("retry_after_ms", "when known", "How long to wait before that."),
    ("fields", "for bad parameters", "Each bad member: `path`, such as `points[3].x`, and `reason`."),
    ("hint", "when known", "What to do about it, for people."),
    ("request_id", "when the call was begun", "The call's name in the daemon's log and audit rows."),
]


def errors_page(document):
    """The codes stand in one Swift file, each in a function with a one-line comment."""
    source = pathlib.Path("Sources/JSONRPC/Message/RPCError+Standard.swift").read_text()
    pattern = r"/// ([^\n]*?) \((-?\d+)\)\.\n.*?kind: \"(\w+)\"(.*?)\n    }"
    rows = [
        [code, f"`{word}`", retry(rest), meaning + "."]
        for meaning, code, word, rest in re.findall(pattern, source, re.DOTALL)
    ]
    own = [(m, e) for m in document["methods"] for e in m.get("errors", [])]
    exits = pathlib.Path("Sources/CLI/ExitCode.swift").read_text()
    numbers = dict(re.findall(r"case (\w+) = (\d+)", exits))
    words = re.findall(r'case \.(\w+): "([^"]+)"', exits)
    return "\n".join([
        NOTE, "# Errors\n",
        "An error carries a `code`, a `message` for people, and `data` for programs:\n",
        table(["member of data", "present", "meaning"], [[f"`{d[0]}`", *d[1:]] for d in DATA]),
        "## Standard errors\n",
        "Any method may answer with one of these.\n",
        table(["code", "kind", "retryable", "meaning"], rows),
        "## Errors of single methods\n",
        "Plugins own the codes from 2000.\n",
        own_errors(own) if own else "No bundled plugin declares any.\n",
        "## How `opsloop` ends\n",
        table(["exit code", "meaning"], [[numbers[name], text] for name, text in words]),
        "## How `opsloopd` ends\n",
        "Its help says it: `opsloopd --help`.\n",
    ])


def main(job, settings_file, *rest):
    settings = json.loads(pathlib.Path(settings_file).read_text())
    if job == "plugins":
        names = [{"name": plugin["name"]} for plugin in settings["plugins"]]
        return print(json.dumps({"schema": 1, "plugins": names}))
    document = json.loads(pathlib.Path(rest[0]).read_text())
    pages = {
        "methods.md": methods_page(document),
        "settings.md": settings_page(settings),
        "errors.md": errors_page(document),
        "openrpc.json": json.dumps(document, indent=2, ensure_ascii=False) + "\n",
    }
    for name, text in pages.items():
        (pathlib.Path(rest[1]) / name).write_text(text.rstrip("\n") + "\n")


main(*sys.argv[1:])
