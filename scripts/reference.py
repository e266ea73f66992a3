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
    part.append(f"Effect: {method['x-effect']}. Owner: {method['x-owner']}.\n")
    part.append(fields(method["params"]) if method["params"] else "No parameters.\n")
    rows = list(members(method["result"]["schema"]))
    part.append("Result:\n\n" + table(["member", "type", "present"], rows) if rows
                else "Result: an object without members that are known beforehand.\n")
    part.append(f"```\n{examples(method)}\n```\n")
    return "\n".join(part)


def settings_page(settings):
    page = [NOTE, "# Settings\n", "What `plugins.json` may say. `opsloopd --check-config` checks"
            " a file; `opsloop system reload` and SIGHUP read it again.\n"]
    page += ["## The file\n", fields(settings["file"])]
    page += ["## An entry of `plugins`\n", fields(settings["plugin"])]
    page += ["## `core`\n", "Read at the start only.\n", fields(settings["core"])]
    page += ["## `server`\n", "Read at the start only.\n", fields(settings["server"])]
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


def errors_page():
    """The codes stand in one Swift file, each in a function with a one-line comment."""
    source = pathlib.Path("Sources/JSONRPC/Message/RPCError+Standard.swift").read_text()
    pattern = r"/// ([^\n]*?) \((-?\d+)\)\.\n.*?kind: \"(\w+)\"(.*?)\n    }"
    rows = [
        [code, f"`{word}`", retry(rest), meaning + "."]
        for meaning, code, word, rest in re.findall(pattern, source, re.DOTALL)
    ]
    exits = pathlib.Path("Sources/CLI/ExitCode.swift").read_text()
    numbers = dict(re.findall(r"case (\w+) = (\d+)", exits))
    words = re.findall(r'case \.(\w+): "([^"]+)"', exits)
    return "\n".join([
        NOTE, "# Errors\n",
        "An error carries a `code`, a `message` for people, and under `data` the stable word"
        " `kind`, whether the same call may succeed later (`retryable`, sometimes with"
        " `retry_after_ms`), the bad `fields` as `path` and `reason`, a `hint`, and the"
        " `request_id` that the daemon's log names. Programs compare `kind`.\n",
        table(["code", "kind", "retryable", "meaning"], rows),
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
        "errors.md": errors_page(),
        "openrpc.json": json.dumps(document, indent=2, ensure_ascii=False) + "\n",
    }
    for name, text in pages.items():
        (pathlib.Path(rest[1]) / name).write_text(text.rstrip("\n") + "\n")


main(*sys.argv[1:])
