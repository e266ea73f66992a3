"""Write an OpsLoop plugin in Python: one file, standard library only, Python 3.9 or later.

    from opsloop_plugin import Plugin

    plugin = Plugin("greeter", version="1.0.0", summary="Greets people.")

    @plugin.method("greeter.hello")
    def hello(name: str, *, loud: bool = False) -> str:
        '''Greets somebody.

        Args:
            name: Who is greeted.
            loud: Whether to shout.
        '''
        return f"HELLO {name}!" if loud else f"Hello {name}."

    if __name__ == "__main__":
        plugin.run()

Put this file beside yours. `opsloop plugin test ./greeter.py` shows whether OpsLoop can work with it.

What a method takes is read off its signature: annotations become a JSON schema, the docstring
becomes help, parameters before `*` can be given by position on the command line. The arguments
have been checked when the function runs. A parameter named `call` receives the `Call`.

Threads: one thread reads. It runs a handler itself, so that a quick one costs no switch of threads.
A handler that takes longer than 5 ms, or that calls OpsLoop, loses the reading to another thread
and goes on beside it; the next calls of that method then start on a thread of their own. So nothing
has to be declared, a slow handler delays nobody, and cancelling always works. It also means that
handlers may run at the same time: guard what they share. Events are handled one after the other.

Standard output belongs to the protocol. `print` writes to standard error, which is the log.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import inspect
import json
import os
import queue
import re
import signal
import sys
import threading
import time
import traceback
import typing
from collections import deque
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple, Union

__all__ = [
    "Call", "Cancelled", "Conflict", "DeadlineExceeded", "Entry", "Event", "Forbidden",
    "InvalidParams", "NotFound", "Plugin", "PluginError", "Reject", "StaleGeneration", "Store",
    "schema_of",
]
__version__ = "0.2.0"

PROTOCOL = 1
"""The version of the protocol that this file speaks."""

MAX_FRAME_BYTES = 16 << 20
"""A longer line is dropped and answered with `too_large`."""

JSON = Any
Handler = typing.TypeVar("Handler", bound=Callable[..., Any])


# Errors ---------------------------------------------------------------------------------------


class PluginError(Exception):
    """An error that the caller sees: raise one in a handler, catch one from `plugin.call`.

    Codes from 2000 on are the plugin's own; list them in `errors=` of the method.
    """

    code = 2000
    kind = "plugin_error"
    retryable = False

    def __init__(
        self, message: str, *, code: Optional[int] = None, kind: Optional[str] = None,
        hint: Optional[str] = None, fields: Sequence[Tuple[str, str]] = (),
        retryable: Optional[bool] = None, retry_after_ms: Optional[int] = None,
    ) -> None:
        super().__init__(message)
        # An exception is often handed over as it was caught; its text is what is meant.
        self.message = str(message)
        if code is not None:
            self.code = int(code)
        if kind is not None:
            self.kind = str(kind)
        if retryable is not None:
            self.retryable = bool(retryable)
        self.hint = hint
        self.fields = list(fields)
        self.retry_after_ms = retry_after_ms

    def as_json(self) -> Dict[str, JSON]:
        """The error as it goes over the wire."""
        data: Dict[str, JSON] = {"kind": self.kind, "retryable": self.retryable}
        if self.retry_after_ms is not None:
            data["retry_after_ms"] = self.retry_after_ms
        if self.fields:
            data["fields"] = _field_list(self.fields)
        if self.hint:
            data["hint"] = str(self.hint)
        return {"code": self.code, "message": self.message, "data": data}


class InvalidParams(PluginError):
    """The parameters do not fit; `fields` says which and why, as `[("name", "is too long")]`."""

    code, kind = -32602, "invalid_params"


class Forbidden(PluginError):
    """The caller, or this plugin, may not do this."""

    code, kind = 1002, "forbidden"


class NotFound(PluginError):
    """The record does not exist."""

    code, kind = 1003, "not_found"


class Conflict(PluginError):
    """The record's state does not allow this."""

    code, kind = 1004, "conflict"


class StaleGeneration(PluginError):
    """The value has changed since it was read."""

    code, kind = 1005, "stale_generation"


class DeadlineExceeded(PluginError):
    """The call took longer than it may."""

    code, kind, retryable = 1007, "deadline_exceeded", True


class Cancelled(PluginError):
    """The caller has cancelled the call."""

    code, kind = 1008, "cancelled"


class Reject(PluginError):
    """Raised in a hook: the call does not take place, and its caller gets this error."""

    code, kind = 1004, "rejected"


_BY_CODE = {
    error.code: error
    for error in (InvalidParams, Forbidden, NotFound, Conflict, StaleGeneration,
                  DeadlineExceeded, Cancelled)
}


def _error_from(answer: Dict[str, JSON]) -> PluginError:
    """Reads an error that OpsLoop answered."""
    data = answer.get("data")
    data = data if isinstance(data, dict) else {}
    code = answer.get("code", -32603)
    return _BY_CODE.get(code, PluginError)(
        answer.get("message", "no message"), code=code, kind=data.get("kind", "error"),
        hint=data.get("hint"), retryable=bool(data.get("retryable")),
        retry_after_ms=data.get("retry_after_ms"),
        fields=[(f.get("path", ""), f.get("reason", "")) for f in data.get("fields", [])],
    )


def _field_list(fields: Sequence[Tuple[str, str]]) -> List[Dict[str, str]]:
    return [{"path": str(path), "reason": str(reason)} for path, reason in fields]


# Schemas --------------------------------------------------------------------------------------


def schema_of(annotation: Any) -> Dict[str, JSON]:
    """The JSON schema of a type annotation.

    Understood: str, int, float, bool, None, dict, list[T], Dict[str, T], Optional[T], Union,
    Literal, enum.Enum, datetime.datetime, TypedDict, dataclasses, Any, and
    `Annotated[T, "help", {"minimum": 1}]`, whose texts are help and whose dicts are added.
    Handlers and `plugin.config` get the type itself, also inside of lists and dataclasses.
    """
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is not None and hasattr(annotation, "__metadata__"):
        schema = schema_of(args[0])
        for extra in annotation.__metadata__:
            if isinstance(extra, str):
                schema["description"] = extra
            elif isinstance(extra, dict):
                schema.update(extra)
        return schema
    if annotation in _PLAIN:
        return dict(_PLAIN[annotation])
    if origin is typing.Union or type(annotation).__name__ == "UnionType":
        return _union([schema_of(arg) for arg in args])
    if origin is typing.Literal:
        return {"type": _json_type(args[0]), "enum": list(args)}
    if origin in (list, tuple, set, deque) or annotation in (list, tuple, set):
        return {"type": "array", **({"items": schema_of(args[0])} if args else {})}
    if origin is dict or annotation is dict:
        values = schema_of(args[1]) if args else {}
        return {"type": "object", **({"additionalProperties": values} if values else {})}
    if isinstance(annotation, type):
        return _schema_of_class(annotation)
    raise TypeError(f"no JSON schema is known for {annotation!r}; give params= or result= yourself")


_PLAIN: Dict[Any, Dict[str, JSON]] = {
    Any: {}, inspect.Parameter.empty: {}, None: {"type": "null"}, type(None): {"type": "null"},
    str: {"type": "string"}, int: {"type": "integer"}, float: {"type": "number"},
    bool: {"type": "boolean"}, datetime.datetime: {"type": "string", "format": "date-time"},
}


def _union(options: List[Dict[str, JSON]]) -> Dict[str, JSON]:
    values = [option for option in options if option != {"type": "null"}]
    if len(values) < len(options) and len(values) == 1 and "type" in values[0]:
        nullable = dict(values[0])
        nullable["type"] = [nullable["type"], "null"]
        if "enum" in nullable:
            nullable["enum"] = [*nullable["enum"], None]
        return nullable
    return {"anyOf": options}


def _json_type(value: Any) -> str:
    for name, kind in (("boolean", bool), ("integer", int), ("string", str)):
        if isinstance(value, kind):
            return name
    raise TypeError(f"{value!r} can't be a value of an enumeration")


def _schema_of_class(kind: type) -> Dict[str, JSON]:
    if issubclass(kind, enum.Enum):
        values = [member.value for member in kind]
        return {"type": _json_type(values[0]), "enum": values}
    hints = typing.get_type_hints(kind, include_extras=True)
    if dataclasses.is_dataclass(kind):
        required = [
            field.name for field in dataclasses.fields(kind)
            if field.default is dataclasses.MISSING
            and field.default_factory is dataclasses.MISSING
        ]
        return _object(hints, required, {
            field.name: field.default for field in dataclasses.fields(kind)
            if field.default is not dataclasses.MISSING
        })
    if hasattr(kind, "__required_keys__"):
        return _object(hints, sorted(kind.__required_keys__), {})
    raise TypeError(f"no JSON schema is known for {kind.__name__}")


def _object(
    hints: Dict[str, Any], required: Sequence[str], defaults: Dict[str, Any]
) -> Dict[str, JSON]:
    properties = {name: schema_of(hint) for name, hint in hints.items()}
    for name, value in defaults.items():
        if value is not None:
            properties[name]["default"] = _plain(value)
    schema: Dict[str, JSON] = {"type": "object", "properties": properties}
    if required:
        schema["required"] = list(required)
    schema["additionalProperties"] = False
    return schema


_TYPES: Dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool)
    or isinstance(value, float) and value.is_integer(),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "null": lambda value: value is None,
}


def _complaints(schema: Dict[str, JSON], value: Any, path: str) -> List[Tuple[str, str]]:
    """What is wrong with a value, each complaint with the path of the value that it is about."""
    kinds = schema.get("type")
    if kinds is not None:
        kinds = kinds if isinstance(kinds, list) else [kinds]
        if not any(_TYPES[kind](value) for kind in kinds):
            return [(path, f"must be {_article(kinds)}, not {_shown(value)}")]
    if "enum" in schema and value not in schema["enum"]:
        names = ("null" if choice is None else str(choice) for choice in schema["enum"])
        return [(path, "must be one of " + ", ".join(names))]
    options = schema.get("anyOf")
    if options is not None and all(_complaints(option, value, path) for option in options):
        return [(path, f"fits none of what is allowed: {_shown(value)}")]
    if isinstance(value, str):
        return _text_complaints(schema, value, path)
    if isinstance(value, dict):
        return _object_complaints(schema, value, path)
    if isinstance(value, list):
        return _list_complaints(schema, value, path)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _number_complaints(schema, value, path)
    return []


def _text_complaints(schema: Dict[str, JSON], value: str, path: str) -> List[Tuple[str, str]]:
    found = _length_complaints(schema, len(value), path, "Length", "characters")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        found.append((path, f"must match {schema['pattern']}"))
    if schema.get("format") == "date-time" and _instant(value) is None:
        found.append((path, "must be a time like 2026-01-31T08:00:00Z"))
    return found


def _list_complaints(schema: Dict[str, JSON], value: list, path: str) -> List[Tuple[str, str]]:
    found = _length_complaints(schema, len(value), path, "Items", "elements")
    items = schema.get("items")
    if items:
        for index, element in enumerate(value):
            found += _complaints(items, element, f"{path}[{index}]")
    return found


def _length_complaints(
    schema: Dict[str, JSON], length: int, path: str, what: str, unit: str
) -> List[Tuple[str, str]]:
    found = []
    if length < schema.get("min" + what, 0):
        found.append((path, f"must have at least {schema['min' + what]} {unit}"))
    if length > schema.get("max" + what, length):
        found.append((path, f"must have at most {schema['max' + what]} {unit}"))
    return found


def _number_complaints(schema: Dict[str, JSON], value: float, path: str) -> List[Tuple[str, str]]:
    found = []
    if value < schema.get("minimum", value):
        found.append((path, f"must be at least {schema['minimum']}"))
    if value > schema.get("maximum", value):
        found.append((path, f"must be at most {schema['maximum']}"))
    return found


def _object_complaints(schema: Dict[str, JSON], value: dict, path: str) -> List[Tuple[str, str]]:
    properties = schema.get("properties", {})
    dot = path + "." if path else ""
    found = [
        (dot + name, "is required") for name in schema.get("required", ()) if name not in value
    ]
    others = schema.get("additionalProperties", True)
    for name, member in value.items():
        if name in properties:
            found += _complaints(properties[name], member, dot + name)
        elif others is False:
            known = ", ".join(properties) or "none"
            found.append((dot + name, f"is not known; known are: {known}"))
        elif isinstance(others, dict):
            found += _complaints(others, member, dot + name)
    return found


def _article(kinds: Sequence[str]) -> str:
    words = {"integer": "an integer", "array": "a list", "object": "an object", "null": "null"}
    return " or ".join(words.get(kind, "a " + kind) for kind in kinds)


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _instant(text: str) -> Optional[datetime.datetime]:
    """Reads RFC 3339; None when it is none."""
    match = re.fullmatch(
        r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)", text)
    if not match:
        return None
    day, clock, fraction, zone = match.groups()
    micro = ((fraction or "0") + "000000")[:6]
    try:
        return datetime.datetime.fromisoformat(
            f"{day}T{clock}.{micro}{'+00:00' if zone in 'Zz' else zone}")
    except ValueError:
        return None


def _plain(value: Any) -> JSON:
    """What the JSON encoder does not know by itself."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, datetime.datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)
        text = aware.astimezone(datetime.timezone.utc).isoformat(timespec="milliseconds")
        return text.replace("+00:00", "Z")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, (set, frozenset, deque)):
        return list(value)
    if isinstance(value, (str, int, float, bool, list, tuple, dict, type(None))):
        return value
    raise TypeError(f"{type(value).__name__} can't be written as JSON: {value!r}")


_encode = json.JSONEncoder(
    separators=(",", ":"), allow_nan=False, ensure_ascii=False, default=_plain).encode


def _line(message: JSON, errors: str = "strict") -> bytes:
    """A message as it goes over the wire, without the line's end.

    Raises UnicodeEncodeError for text that is not Unicode, such as the name of a file whose bytes
    are not UTF-8: as an escape it would be no JSON that OpsLoop takes. With "replace" it gets
    question marks instead, for texts that only people read.
    """
    return _encode(message).encode("utf-8", errors)


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is not JSON")


_decode = json.JSONDecoder(parse_constant=_no_number).decode


def _help(function: Callable[..., Any]) -> Tuple[str, Dict[str, str]]:
    """The summary and the help of each parameter, from a docstring with a section `Args:`."""
    text = inspect.getdoc(function) or ""
    summary = " ".join(text.split("\n\n")[0].split())
    parameters: Dict[str, str] = {}
    section = re.search(r"^Args:\n((?:[ \t]+.*\n?|\n)*)", text, re.MULTILINE)
    last = None
    for line in section.group(1).splitlines() if section else []:
        match = re.match(r"\s+(\w+):\s+(.*)", line)
        if match:
            last = match.group(1)
            parameters[last] = match.group(2).strip()
        elif last and line.strip():
            parameters[last] += " " + line.strip()
    return summary, parameters


def _params_schema(function: Callable[..., Any]) -> Dict[str, JSON]:
    """The schema of a function's parameters; those before `*` may be given by position."""
    hints = typing.get_type_hints(function, include_extras=True)
    _, texts = _help(function)
    properties: Dict[str, JSON] = {}
    required = []
    others: JSON = False
    for name, parameter in inspect.signature(function).parameters.items():
        if name == "call" or parameter.kind is parameter.VAR_POSITIONAL:
            continue
        if parameter.kind is parameter.VAR_KEYWORD:
            others = True
            continue
        schema = schema_of(hints.get(name, Any))
        if parameter.default is None and isinstance(schema.get("type"), list):
            # Nobody writes null for what can be left out.
            schema["type"] = schema["type"][0]
            if "enum" in schema:
                schema["enum"] = [value for value in schema["enum"] if value is not None]
        schema.setdefault("description", texts.get(name, ""))
        if parameter.default is parameter.empty:
            required.append(name)
        elif parameter.default is not None:
            schema["default"] = _plain(parameter.default)
        if parameter.kind is not parameter.KEYWORD_ONLY:
            schema["x-positional"] = True
        properties[name] = schema
    result: Dict[str, JSON] = {"type": "object", "properties": properties}
    if required:
        result["required"] = required
    result["additionalProperties"] = others
    return result


Change = Optional[Callable[[Any], Any]]


def _converter(annotation: Any) -> Change:
    """Turns JSON that fits `schema_of(annotation)` into the type; None where JSON is the type."""
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is not None and hasattr(annotation, "__metadata__"):
        return _converter(args[0])
    if annotation is datetime.datetime:
        return _instant
    if origin is typing.Union or type(annotation).__name__ == "UnionType":
        return _union_converter(args)
    if origin in (list, tuple, set, deque) or annotation in (tuple, set):
        return _list_converter(origin or annotation, _converter(args[0]) if args else None)
    if origin is dict:
        return _members_converter(dict, {}, _converter(args[1]))
    if not isinstance(annotation, type):
        return None
    if issubclass(annotation, enum.Enum):
        return annotation
    if dataclasses.is_dataclass(annotation) or hasattr(annotation, "__required_keys__"):
        hints = typing.get_type_hints(annotation)
        changes = {name: _converter(hint) for name, hint in hints.items()}
        return _members_converter(annotation, changes, None)
    return None


def _union_converter(options: Sequence[Any]) -> Change:
    """The first option that the value fits decides."""
    changes = [(schema_of(option), _converter(option)) for option in options]

    def change(value: Any) -> Any:
        for schema, convert in changes:
            if not _complaints(schema, value, ""):
                return convert(value) if convert else value
        return value

    return change if any(convert for _, convert in changes) else None


def _list_converter(kind: Callable[..., Any], convert: Change) -> Change:
    if convert is None:
        return None if kind is list else kind
    return lambda value: kind(convert(element) for element in value)


def _members_converter(
    kind: Callable[..., Any], changes: Dict[str, Change], others: Change
) -> Change:
    """Makes a dict, a TypedDict or a dataclass of an object."""
    plain = not dataclasses.is_dataclass(kind)
    if plain and others is None and not any(changes.values()):
        return None

    def change(value: Dict[str, Any]) -> Any:
        members = {}
        for name, member in value.items():
            convert = changes.get(name, others)
            members[name] = convert(member) if convert else member
        return members if plain else kind(**members)

    return change


# What handlers are given ----------------------------------------------------------------------


class Call:
    """The call that a handler answers: who calls, how long there is, whether it is still wanted."""

    __slots__ = (
        "method", "principal", "request_id", "dry_run", "idempotency_key", "traceparent",
        "cancelled", "_deadline", "_token", "_plugin", "_waiting_for",
    )

    def __init__(self, plugin: "Plugin", method: str, meta: Dict[str, JSON]) -> None:
        self.method = method
        """The method or the hook."""
        self.principal: str = meta.get("principal", "")
        """Who calls."""
        self.request_id: str = meta.get("request_id", "")
        """The call's name in OpsLoop's log and audit."""
        self.dry_run: bool = meta.get("dry_run", False)
        """True: say what would happen and change nothing. `store` and `emit` then do nothing."""
        self.idempotency_key: Optional[str] = meta.get("idempotency_key")
        """Two calls with the same key are the same call."""
        self.traceparent: Optional[str] = meta.get("traceparent")
        """The trace that the call belongs to."""
        self.cancelled = False
        """True as soon as the caller does not want the answer any more."""
        timeout = meta.get("timeout_ms")
        self._deadline = None if timeout is None else time.monotonic() + timeout / 1000
        self._token = meta.get("progress_token")
        self._plugin = plugin
        self._waiting_for: Optional[int] = None

    @property
    def remaining(self) -> Optional[float]:
        """The seconds until the deadline; None without one."""
        return None if self._deadline is None else max(0.0, self._deadline - time.monotonic())

    def check(self) -> None:
        """Raises when the call was cancelled or is too late; a long loop calls it now and then."""
        if self.cancelled:
            raise Cancelled("The call was cancelled.")
        if self.remaining == 0:
            raise DeadlineExceeded("The deadline has passed.")

    def progress(
        self, progress: float, total: Optional[float] = None, message: Optional[str] = None
    ) -> None:
        """Tells the caller how far it is, when the caller asked for that."""
        if self._token is None:
            return
        params: Dict[str, JSON] = {"progress_token": self._token, "progress": progress}
        if total is not None:
            params["total"] = total
        if message is not None:
            params["message"] = message
        self._plugin._notify("$/progress", params)


@dataclasses.dataclass(frozen=True)
class Event:
    """A fact that OpsLoop, or another plugin, announced."""

    seq: int
    """Its place in the event log. The same event may come twice after a crash, never out of order."""
    at: str
    """When it happened."""
    topic: str
    """What happened, as `check.state_changed`."""
    ref: Optional[str]
    """The record that it happened to, as `check:12`."""
    data: JSON
    """What there is to know."""


@dataclasses.dataclass(frozen=True)
class Entry:
    """A value of the store with its generation, which rises with every change; 0 is absence."""

    value: JSON
    generation: int


class Store:
    """The plugin's own values: durable, by key. What a dry run writes is not written."""

    def __init__(self, plugin: "Plugin") -> None:
        self._plugin = plugin

    def entry(self, key: str) -> Entry:
        """The value with its generation; `Entry(None, 0)` when there is none."""
        found = self._plugin._ask("store.get", {"key": key})
        return Entry(found.get("value"), found.get("generation", 0))

    def get(self, key: str, default: JSON = None) -> JSON:
        """The value, or the default when there is none."""
        entry = self.entry(key)
        return entry.value if entry.generation else default

    def put(self, key: str, value: JSON, generation: Optional[int] = None) -> int:
        """Writes a value and returns its generation.

        With a generation, only when the stored one is that (0: only when there is none); otherwise
        raises StaleGeneration.
        """
        if self._plugin._is_dry_run:
            return generation or 0
        params: Dict[str, JSON] = {"key": key, "value": value}
        if generation is not None:
            params["generation"] = generation
        return self._plugin._ask("store.put", params)["generation"]

    def update(self, key: str, change: Callable[[JSON], JSON], default: JSON = None) -> JSON:
        """Replaces a value by `change(value)`, again when somebody else was quicker."""
        while True:
            entry = self.entry(key)
            value = change(entry.value if entry.generation else default)
            try:
                self.put(key, value, entry.generation)
                return value
            except StaleGeneration:
                continue

    def delete(self, key: str, generation: Optional[int] = None) -> bool:
        """Deletes a value; False when there was none."""
        if self._plugin._is_dry_run:
            return bool(self.entry(key).generation)
        params: Dict[str, JSON] = {"key": key}
        if generation is not None:
            params["generation"] = generation
        return self._plugin._ask("store.delete", params)["deleted"]

    def keys(self, prefix: str = "") -> Iterator[str]:
        """The keys that begin with `prefix`, in order."""
        params: Dict[str, JSON] = {"prefix": prefix} if prefix else {}
        while True:
            page = self._plugin._ask("store.list", params)
            for item in page["items"]:
                yield item["key"]
            if not page.get("next_cursor"):
                return
            params["cursor"] = page["next_cursor"]

    def __getitem__(self, key: str) -> JSON:
        entry = self.entry(key)
        if not entry.generation:
            raise KeyError(key)
        return entry.value

    def __setitem__(self, key: str, value: JSON) -> None:
        self.put(key, value)

    def __delitem__(self, key: str) -> None:
        if not self.delete(key):
            raise KeyError(key)

    def __contains__(self, key: str) -> bool:
        return self.entry(key).generation > 0

    def __iter__(self) -> Iterator[str]:
        return self.keys()


class Log:
    """Writes to OpsLoop's log: `plugin.log.info("sent", channel="#ops")`."""

    def __init__(self, plugin: "Plugin") -> None:
        self._plugin = plugin

    def debug(self, message: str, **fields: JSON) -> None:
        """What only a developer wants to read."""
        self._write("debug", message, fields)

    def info(self, message: str, **fields: JSON) -> None:
        """What happened."""
        self._write("info", message, fields)

    def warning(self, message: str, **fields: JSON) -> None:
        """What may become a problem."""
        self._write("warning", message, fields)

    def error(self, message: str, **fields: JSON) -> None:
        """What went wrong."""
        self._write("error", message, fields)

    def _write(self, level: str, message: str, fields: Dict[str, JSON]) -> None:
        params: Dict[str, JSON] = {"level": level, "message": message}
        if fields:
            params["fields"] = fields
        self._plugin._notify("log", params, "replace")


# The plugin -----------------------------------------------------------------------------------


class _Route:
    """A function and what has to be known to call it."""

    __slots__ = ("function", "wants_call", "schema", "properties", "required", "open",
                 "converters", "slow", "elsewhere")

    def __init__(
        self, function: Callable[..., Any], schema: Optional[Dict[str, JSON]] = None,
        slow: bool = False,
    ) -> None:
        self.function = function
        self.wants_call = "call" in inspect.signature(function).parameters
        self.schema = schema or {}
        self.properties: Dict[str, JSON] = self.schema.get("properties", {})
        self.required: List[str] = self.schema.get("required", [])
        self.open = self.schema.get("additionalProperties", True) is not False
        hints = typing.get_type_hints(function) if schema else {}
        found = {name: _converter(hint) for name, hint in hints.items() if name != "return"}
        self.converters = {name: change for name, change in found.items() if change}
        self.slow = slow
        # So many calls start on a thread of their own before the reading thread tries again.
        self.elsewhere = 0

    def check(self, params: Dict[str, JSON]) -> None:
        found = _object_complaints(self.schema, params, "")
        if found:
            raise InvalidParams("The parameters do not fit the method.", fields=found)

    def invoke(self, call: Call, params: Dict[str, JSON]) -> Any:
        self.check(params)
        for name, change in self.converters.items():
            if params.get(name) is not None:
                params[name] = change(params[name])
        if self.wants_call:
            return self.function(call=call, **params)
        return self.function(**params)


class _Waiter:
    """A thread that waits for OpsLoop's answer."""

    __slots__ = ("lock", "answer")

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.lock.acquire()
        self.answer: Optional[Dict[str, JSON]] = None


class Plugin:
    """A plugin: declare its methods, hooks and listeners with the decorators, then `run()` it."""

    # A handler that runs longer than this loses the reading to another thread.
    _PATIENCE = 0.005
    # How often the watch looks in vain before it sleeps until the next call.
    _IDLE_LOOKS = 200
    # Calls may wait so long for a thread, while none becomes free, before the plugin is not well.
    _STUCK_SECONDS = 10.0

    def __init__(
        self, name: str, *, version: str = "0.1.0", summary: str = "",
        config: Union[Dict[str, JSON], type, None] = None, calls: Sequence[str] = (),
        store: bool = False, dry_run: bool = False, threads: int = 64,
    ) -> None:
        """Makes a plugin.

        Args:
            name: Lower case; its methods and events begin with it.
            version: Its version, as 1.2.3.
            summary: One sentence that says what it is for.
            config: The schema of `config` in plugins.json: a JSON schema, or a dataclass, of which
                `plugin.config` is then an instance.
            calls: The methods of OpsLoop that it calls; plugins.json has to grant them.
            store: Whether it keeps values in `plugin.store`.
            dry_run: Whether its writing methods can be rehearsed. What they put into the store and
                announce is then left out; whatever else they change they leave out themselves
                where `call.dry_run` says so. Without it OpsLoop refuses to rehearse them.
            threads: How many handlers run at the same time at most.
        """
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,31}", name):
            raise ValueError(f"a plugin's name is lower case letters, digits and _, not {name!r}")
        self.name = name
        self.version = version
        self.summary = summary
        self._can_rehearse = dry_run
        self.config: Any = {}
        """What plugins.json says under `config`, with the defaults filled in."""
        self.grants: Dict[str, JSON] = {}
        """What plugins.json grants."""
        self.state_dir = ""
        """A folder of the plugin's own."""
        self.store = Store(self)
        """The plugin's own values."""
        self.log = Log(self)
        """OpsLoop's log."""
        self._config_change = _converter(config) if isinstance(config, type) else None
        self._config_schema = self._read_config_schema(config)
        self._requires: Dict[str, JSON] = {}
        if calls:
            self._requires["call"] = list(calls)
        if store:
            self._requires["store"] = True
        self._methods: List[Dict[str, JSON]] = []
        self._events: List[Dict[str, JSON]] = []
        self._hook_list: List[Dict[str, JSON]] = []
        self._routes_list: List[Dict[str, JSON]] = []
        self._listeners: List[Tuple[str, _Route]] = []
        self._hooks: Dict[str, _Route] = {}
        self._parts: List[Dict[str, JSON]] = []
        self._part_routes: Dict[str, _Route] = {}
        self._own: Dict[str, _Route] = {}
        self._lifecycle: Dict[str, List[Callable[..., Any]]] = {}
        self._routes: Dict[str, Tuple[_Route, Callable[..., Any]]] = {}
        for method, answer in {
            "plugin.describe": self._describe, "plugin.validate": self._validate,
            "plugin.start": self._start, "plugin.reload": self._reload,
            "plugin.health": self._health, "plugin.stop": self._stop, "hook.call": self._hook,
            "plugin.contribute": self._contribute,
        }.items():
            self._routes[method] = (_Route(answer), answer)

        self._limit = threads
        self._lock = threading.Lock()
        self._write_lock = threading.Lock()
        self._local = threading.local()
        self._inbox: typing.Deque[bytes] = deque()
        self._out: typing.Deque[bytes] = deque()
        # Holds one element while the reading thread runs a handler. Whoever takes it off reads on;
        # `pop` is atomic, so only one can.
        self._floor: typing.Deque[None] = deque()
        self._reader: Optional[int] = None
        self._turns = 0
        self._current: Optional[_Route] = None
        self._watched = threading.Event()
        self._ended = threading.Event()
        self._stopped = False
        self._jobs: "queue.SimpleQueue[Callable[[], Any]]" = queue.SimpleQueue()
        self._idle = self._queued = self._threads = 0
        # Since when calls wait for a thread and none has become free; None when none waits.
        self._stuck_since: Optional[float] = None
        self._running: Dict[Any, Call] = {}
        self._waiters: Dict[int, _Waiter] = {}
        self._last_id = 0
        self._deliveries: typing.Deque[Tuple[Any, Dict[str, JSON]]] = deque()
        self._delivering = False
        self._tail = b""
        self._skipping = False

    # Declaring ------------------------------------------------------------------------------

    def method(
        self, name: str, *, effect: str = "read", idempotent: Optional[bool] = None,
        params: Optional[Dict[str, JSON]] = None, result: Optional[Dict[str, JSON]] = None,
        summary: Optional[str] = None, columns: Sequence[str] = (),
        examples: Sequence[Dict[str, JSON]] = (), errors: Sequence[Dict[str, JSON]] = (),
        deprecated: Optional[Dict[str, str]] = None, slow: bool = False,
    ) -> Callable[[Handler], Handler]:
        """Answers a method.

        Args:
            name: The name, `plugin.verb` or `plugin.noun.verb`.
            effect: What it does to records: read, write or destroy.
            idempotent: Whether calling it twice does the same as once; OpsLoop then calls it again
                when the plugin dies in the middle. Reading methods are.
            params: The JSON schema of the parameters, instead of the one read off the signature.
            result: The JSON schema of the result, instead of the annotation's.
            summary: One sentence, instead of the docstring's first.
            columns: What a table shows of a list.
            examples: `{"name": ..., "params": {...}, "result": ...}`; `opsloop plugin test` runs
                them.
            errors: `{"code": 2001, "kind": "unreachable", "message": "..."}`.
            deprecated: `{"since": "1.1.0", "removal": "2.0.0", "use": "other.method"}`.
            slow: Says beforehand that it takes longer than some milliseconds.
        """
        if not name.startswith(self.name + "."):
            raise ValueError(f"the methods of {self.name} begin with {self.name}., not {name!r}")
        if name in self._own:
            raise ValueError(f"{name} is declared twice")

        def declare(function: Handler) -> Handler:
            schema = params or _params_schema(function)
            entry: Dict[str, JSON] = {
                "name": name, "summary": summary or _help(function)[0], "params": schema,
                "result": result or self._result_schema(function), "effect": effect,
                "idempotent": effect == "read" if idempotent is None else idempotent,
            }
            for key, value in (("columns", list(columns)), ("errors", list(errors)),
                               ("examples", list(examples)), ("deprecated", deprecated)):
                if value:
                    entry[key] = value
            self._methods.append(entry)
            route = _Route(function, schema, slow)
            self._own[name] = route
            self._routes[name] = (route, route.invoke)
            return function

        return declare

    @staticmethod
    def _result_schema(function: Callable[..., Any]) -> Dict[str, JSON]:
        hints = typing.get_type_hints(function, include_extras=True)
        return schema_of(hints["return"]) if "return" in hints else {}

    def hook(
        self, name: str, *, before: Sequence[str] = (), after: Sequence[str] = ()
    ) -> Callable[[Handler], Handler]:
        """Stands before a call, as `check.before_create`.

        The function gets the parameters of the call. It returns nothing to let them pass, a dict
        to replace them, or raises `Reject`.
        """

        def declare(function: Handler) -> Handler:
            entry: Dict[str, JSON] = {"name": name}
            if before:
                entry["before"] = list(before)
            if after:
                entry["after"] = list(after)
            self._hook_list.append(entry)
            self._hooks[name] = _Route(function)
            return function

        return declare

    def contribution(
        self, section: str, *, nouns: Sequence[str], method: str, summary: str = ""
    ) -> Callable[[Handler], Handler]:
        """Adds a part to pages about records, seen by who may call the method.

        The function gets one ref. It returns nothing, or a dict with a `title` and `lines`, each
        a dict with a `text` and, if wanted, a `ref` and `data`.
        """

        def declare(function: Handler) -> Handler:
            self._parts.append({
                "section": section, "summary": summary, "nouns": list(nouns),
                "method": method})
            self._part_routes[section] = _Route(function)
            return function

        return declare

    def on(self, topic: str) -> Callable[[Handler], Handler]:
        """Listens to the events of a topic, as `check.state_changed` or `check.*`.

        The function gets an `Event`. OpsLoop remembers what has been handled, so events that happen
        while the plugin is down come later; after a crash one may come twice.
        """

        def declare(function: Handler) -> Handler:
            topics = self._requires.setdefault("subscribe", [])
            if topic not in topics:
                topics.append(topic)
            self._listeners.append((topic, _Route(function)))
            return function

        return declare

    def event(self, topic: str, summary: str, schema: Optional[Dict[str, JSON]] = None) -> None:
        """Declares an event that the plugin emits."""
        entry: Dict[str, JSON] = {"topic": topic, "summary": summary}
        if schema:
            entry["schema"] = schema
        self._events.append(entry)

    def route(self, path: str, method: str, *, public: bool = False) -> None:
        """Declares that HTTP requests to a path call a method of the plugin."""
        self._routes_list.append({"path": path, "method": method, "public": public})

    def health(self, function: Handler) -> Handler:
        """Says whether the plugin is well: returns nothing or True, or what is wrong as text."""
        return self._on("health", function)

    def validate(self, function: Handler) -> Handler:
        """Checks `config` beyond its schema: returns `[(path, reason)]` or nothing."""
        return self._on("validate", function)

    def on_start(self, function: Handler) -> Handler:
        """Runs when the plugin starts; the configuration is there, and OpsLoop can be called."""
        return self._on("start", function)

    def on_reload(self, function: Handler) -> Handler:
        """Runs when `config` has changed; returns False when only a restart takes it up."""
        return self._on("reload", function)

    def on_stop(self, function: Handler) -> Handler:
        """Runs when the plugin stops."""
        return self._on("stop", function)

    def _on(self, what: str, function: Handler) -> Handler:
        self._lifecycle.setdefault(what, []).append(function)
        return function

    # Talking to OpsLoop ---------------------------------------------------------------------

    def call(self, method: str, /, **params: JSON) -> JSON:
        """Calls a method of OpsLoop or of another plugin and returns its result.

        Inside of a handler the deadline, the trace and `dry_run` of the call are passed on.
        """
        current: Optional[Call] = getattr(self._local, "call", None)
        meta: Dict[str, JSON] = {}
        if current is not None:
            current.check()
            if current.remaining is not None:
                meta["timeout_ms"] = max(1, int(current.remaining * 1000))
            if current.dry_run:
                meta["dry_run"] = True
            if current.traceparent:
                meta["traceparent"] = current.traceparent
        if meta:
            params["_meta"] = {**params.get("_meta", {}), **meta}
        return self._ask("host.call", {"method": method, "params": params})

    def emit(self, topic: str, data: JSON = None, ref: Optional[str] = None) -> int:
        """Announces an event, durably, and returns its sequence number; 0 on a dry run."""
        if self._is_dry_run:
            return 0
        params: Dict[str, JSON] = {"topic": topic, "data": {} if data is None else data}
        if ref is not None:
            params["ref"] = ref
        return self._ask("event.emit", params)["seq"]

    @property
    def _is_dry_run(self) -> bool:
        current: Optional[Call] = getattr(self._local, "call", None)
        return current is not None and current.dry_run

    def _ask(self, method: str, params: Dict[str, JSON]) -> JSON:
        waiter = _Waiter()
        with self._lock:
            self._last_id += 1
            number = self._last_id
        # Before anything waits: what can't be written is the caller's error.
        line = _line({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        self._waiters[number] = waiter
        current: Optional[Call] = getattr(self._local, "call", None)
        if current is not None:
            current._waiting_for = number
        self._send(line)
        if self._ended.is_set():
            self._waiters.pop(number, None)
            raise PluginError("OpsLoop is gone.", code=1011, kind="plugin_unavailable")
        if self._reader == threading.get_ident():
            # The answer has to be read by somebody.
            self._hand_over()
        waiter.lock.acquire()
        if current is not None:
            current._waiting_for = None
        answer = waiter.answer or {}
        if "error" in answer:
            raise _error_from(answer["error"])
        return answer.get("result")

    def _notify(self, method: str, params: Dict[str, JSON], errors: str = "strict") -> None:
        self._send(_line({"jsonrpc": "2.0", "method": method, "params": params}, errors))

    def _send(self, line: bytes) -> None:
        self._out.append(line)
        self._flush()

    # Running --------------------------------------------------------------------------------

    def run(self) -> None:
        """Serves OpsLoop on standard input and output until the input ends.

        The process ends then, at the latest two seconds after this returns.
        """
        if sys.stdin is not None and sys.stdin.isatty():
            sys.exit(
                f"{self.name} is a plugin of OpsLoop, which starts it and speaks to it.\n"
                f"Try it with: opsloop plugin test {sys.argv[0]}")
        self._take_streams()
        # A handler that computes must let the reading thread in soon.
        sys.setswitchinterval(0.001)
        signal.signal(signal.SIGTERM, lambda *_: self._end())
        signal.signal(signal.SIGINT, lambda *_: self._end())
        threading.Thread(target=self._watch, daemon=True).start()
        self._start_thread(self._lead)
        # The main thread only waits: signals are then seen at once.
        self._ended.wait()
        stopper = threading.Thread(target=self._stop_once, daemon=True)
        stopper.start()
        stopper.join(3)
        sys.stderr.flush()
        # A thread of the plugin's that is no daemon would keep the process after its host is gone.
        last = threading.Timer(2, os._exit, [0])
        last.daemon = True
        last.start()

    def _take_streams(self) -> None:
        """Keeps the pipes for the protocol; what else is printed, also by children, is log."""
        self._input, self._output = os.dup(0), os.dup(1)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.dup2(2, 1)
        os.close(null)
        sys.stdout = sys.stderr

    def _end(self) -> None:
        self._ended.set()
        for number in list(self._waiters):
            self._resolve(number, {"error": {"code": 1011, "message": "OpsLoop is gone.",
                                             "data": {"kind": "plugin_unavailable"}}})

    def _lead(self) -> None:
        """Reads and handles until the input ends or another thread has taken over."""
        self._reader = threading.get_ident()
        while not self._ended.is_set():
            while self._inbox:
                if not self._take(self._inbox.popleft()):
                    return
                if len(self._out) >= 256:
                    self._flush()
            self._flush()
            try:
                data = os.read(self._input, 1 << 18)
            except OSError:
                data = b""
            if not data:
                return self._end()
            self._split(data)

    def _split(self, data: bytes) -> None:
        first, *lines = data.split(b"\n")
        self._tail = self._tail + first if self._tail else first
        for line in lines:
            if self._skipping:
                self._skipping = False
            else:
                self._inbox.append(self._tail)
            self._tail = line
        if len(self._tail) > MAX_FRAME_BYTES or self._skipping:
            if not self._skipping:
                self._refuse(None, PluginError("The line is too long.", code=1009,
                                               kind="too_large"))
            self._skipping, self._tail = True, b""

    def _take(self, line: bytes) -> bool:
        """Handles one line; False when another thread reads by now."""
        try:
            message = _decode(line.decode())
        except (ValueError, RecursionError):
            if line.strip():
                self._refuse(None, PluginError("The line is not JSON.", code=-32700,
                                               kind="parse_error"))
            return True
        if not isinstance(message, dict):
            self._refuse(None, PluginError("The line is no request.", code=-32600,
                                           kind="invalid_request"))
            return True
        method, number = message.get("method"), message.get("id")
        if method is None:
            self._resolve(number, message)
            return True
        params = message.get("params", {})
        if method == "$/cancelRequest":
            self._cancel(params)
            return True
        if number is None:
            return True
        if not isinstance(method, str) or not isinstance(number, (str, int)):
            self._refuse(None, PluginError("The line is no request.", code=-32600,
                                           kind="invalid_request"))
            return True
        if not isinstance(params, dict):
            self._refuse(number, InvalidParams("The parameters must be an object."))
            return True
        if method == "event.deliver":
            return self._deliver(number, params)
        found = self._routes.get(method)
        if found is None:
            self._refuse(number, PluginError(f'There is no method "{method}".', code=-32601,
                                             kind="method_not_found"))
            return True
        route, answer = found
        meta = params.pop("_meta", None)
        call = Call(self, method, meta if isinstance(meta, dict) else {})
        self._running[number] = call
        if route.slow or route.elsewhere or self._is_crowded(method):
            route.elsewhere = max(0, route.elsewhere - 1)
            self._spawn(lambda: self._answer(number, call, params, answer))
            return True
        # From here on the floor decides who reads on.
        self._current = route
        self._turns += 1
        self._floor.append(None)
        if not self._watched.is_set():
            self._watched.set()
        self._answer(number, call, params, answer)
        return self._leads_on()

    def _leads_on(self) -> bool:
        try:
            self._floor.pop()
            return True
        except IndexError:
            self._flush()
            return False

    def _is_crowded(self, method: str) -> bool:
        return self._threads - self._idle > self._limit and method != "plugin.health"

    def _answer(
        self, number: Any, call: Call, params: Dict[str, JSON], answer: Callable[..., Any]
    ) -> None:
        self._local.call = call
        try:
            result = answer(call, params)
            text = _encode(result)
            key = number if type(number) is int else _encode(number)
            self._out.append(f'{{"jsonrpc":"2.0","id":{key},"result":{text}}}'.encode())
        except PluginError as error:
            self._refuse(number, error)
        except BaseException as error:
            # A handler may raise anything, and call sys.exit(); its caller gets an answer.
            self._refuse(number, self._failure(call.method, error))
        finally:
            self._local.call = None
            self._running.pop(number, None)
            if self._reader != threading.get_ident():
                self._flush()

    def _failure(self, what: str, error: BaseException) -> PluginError:
        """Logs what a handler did not expect; the caller is told no more than that it failed."""
        text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        # Not the exception's own text, which a class of somebody's may fail to give.
        last = "".join(traceback.format_exception_only(type(error), error)).strip()
        self.log.error(f"{what} failed: {last}", traceback=text)
        return PluginError(f"{self.name} failed; its log says why.", code=-32603,
                           kind="internal_error")

    def _refuse(self, number: Any, error: PluginError) -> None:
        """Answers with an error; one that can't be written becomes one that can."""
        try:
            told = error.as_json()
            line = _line({"jsonrpc": "2.0", "id": number, "error": told}, "replace")
        except Exception as unfit:
            told = self._failure("answering with an error", unfit).as_json()
            line = _line({"jsonrpc": "2.0", "id": number, "error": told})
        self._out.append(line)

    def _flush(self) -> None:
        while self._out:
            with self._write_lock:
                lines = []
                try:
                    while True:
                        lines.append(self._out.popleft())
                except IndexError:
                    pass
                if lines:
                    self._write(b"\n".join(lines) + b"\n")

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._output, view):]
        except OSError:
            # Nobody reads any more; the end of the input says the same.
            self._ended.set()

    def _resolve(self, number: Any, message: Dict[str, JSON]) -> None:
        waiter = self._waiters.pop(number, None) if isinstance(number, int) else None
        if waiter is not None:
            waiter.answer = message
            waiter.lock.release()

    def _cancel(self, params: JSON) -> None:
        number = params.get("id") if isinstance(params, dict) else None
        call = self._running.get(number) if isinstance(number, (str, int)) else None
        if call is None:
            return
        call.cancelled = True
        waiting = call._waiting_for
        if waiting is not None:
            self._notify("$/cancelRequest", {"id": waiting})

    # Threads --------------------------------------------------------------------------------

    def _hand_over(self) -> None:
        """Lets another thread read on, unless one does already."""
        if self._take_floor():
            self._spawn(self._lead, at_once=True)

    def _watch(self) -> None:
        """Takes the reading away from a handler that is still the same after a while."""
        last, looks = -1, 0
        while not self._ended.is_set():
            time.sleep(self._PATIENCE)
            turns, looks = self._turns, looks + 1
            if turns != last:
                looks = 0
            elif self._floor:
                self._interrupt()
            elif looks > self._IDLE_LOOKS:
                self._watched.clear()
                if not self._floor and turns == self._turns:
                    self._watched.wait()
                looks = 0
            last = turns

    def _interrupt(self) -> None:
        route = self._current
        if self._take_floor():
            if route is not None:
                route.elsewhere = 32
            self._spawn(self._lead, at_once=True)

    def _take_floor(self) -> bool:
        """Takes the reading away from whoever has it; False when somebody else did."""
        try:
            self._floor.pop()
        except IndexError:
            return False
        self._reader = None
        self._flush()
        return True

    def _spawn(self, job: Callable[[], Any], at_once: bool = False) -> None:
        """Runs a job on a thread that has nothing to do, or on a new one.

        When there are enough threads it waits for one, unless it must begin at once.
        """
        with self._lock:
            is_free = self._queued < self._idle
            if is_free or (self._threads >= self._limit and not at_once):
                if not is_free and self._stuck_since is None:
                    self._stuck_since = time.monotonic()
                self._queued += 1
                self._jobs.put(job)
                return
        self._start_thread(job)

    def _start_thread(self, job: Callable[[], Any]) -> None:
        with self._lock:
            self._threads += 1
        threading.Thread(target=self._work, args=(job,), daemon=True).start()

    def _work(self, job: Callable[[], Any]) -> None:
        while True:
            try:
                job()
            except BaseException as error:
                # A thread that died would be missed for ever. Without a reader all is over.
                self._failure("a thread of the SDK", error)
                if self._reader == threading.get_ident():
                    return self._end()
            with self._lock:
                self._idle += 1
                waits = self._queued > self._idle
                self._stuck_since = time.monotonic() if waits else None
            job = self._jobs.get()
            with self._lock:
                self._idle -= 1
                self._queued -= 1

    # Events ---------------------------------------------------------------------------------

    def _deliver(self, number: Any, params: Dict[str, JSON]) -> bool:
        """Queues an event; they are handled in order, by one thread at a time."""
        with self._lock:
            self._deliveries.append((number, params))
            if self._delivering:
                return True
            self._delivering = True
        self._current = None
        self._floor.append(None)
        if not self._watched.is_set():
            self._watched.set()
        while True:
            with self._lock:
                if not self._deliveries:
                    self._delivering = False
                    break
                number, params = self._deliveries.popleft()
            self._turns += 1
            call = Call(self, "event.deliver", {})
            self._answer(number, call, params, self._listen)
        return self._leads_on()

    def _listen(self, call: Call, params: Dict[str, JSON]) -> JSON:
        event = Event(params.get("seq", 0), params.get("at", ""), params.get("topic", ""),
                      params.get("ref"), params.get("data"))
        for topic, route in self._listeners:
            if topic in ("*", event.topic) or (
                topic.endswith(".*") and event.topic.startswith(topic[:-1])
            ):
                route.function(event, **({"call": call} if route.wants_call else {}))
        return {}

    # What OpsLoop asks of every plugin --------------------------------------------------------

    @property
    def manifest(self) -> Dict[str, JSON]:
        """What the plugin says about itself."""
        features = ["validate", "cancel", "progress", "health"]
        if "reload" in self._lifecycle:
            features.append("reload")
        if self._can_rehearse:
            features.append("dry_run")
        manifest: Dict[str, JSON] = {
            "protocol": [PROTOCOL], "name": self.name, "version": self.version,
            "summary": self.summary, "features": features, "methods": self._methods,
            "config_schema": self._config_schema,
        }
        requires = dict(self._requires)
        if self._events:
            requires["emit"] = [event["topic"] for event in self._events]
        if self._hook_list:
            requires["hooks"] = [hook["name"] for hook in self._hook_list]
        for key, value in (("requires", requires), ("events", self._events),
                           ("hooks", self._hook_list), ("routes", self._routes_list),
                           ("contributions", self._parts)):
            if value:
                manifest[key] = value
        return manifest

    @staticmethod
    def _read_config_schema(config: Union[Dict[str, JSON], type, None]) -> Dict[str, JSON]:
        if config is None:
            return {"type": "object", "additionalProperties": False}
        return schema_of(config) if isinstance(config, type) else config

    def _describe(self, call: Call, params: Dict[str, JSON]) -> JSON:
        return self.manifest

    def _validate(self, call: Call, params: Dict[str, JSON]) -> JSON:
        fields = self._config_complaints(params.get("config", {}))
        return {"ok": not fields, "fields": _field_list(fields)}

    def _config_complaints(self, config: JSON) -> List[Tuple[str, str]]:
        found = _complaints(self._config_schema, config, "")
        if found:
            return found
        settings = self._settings(config)
        for check in self._lifecycle.get("validate", ()):
            try:
                found += check(settings) or []
            except InvalidParams as error:
                found += error.fields or [("", error.message)]
        return found

    def _settings(self, config: Dict[str, JSON]) -> Any:
        if self._config_change is not None:
            return self._config_change(config)
        properties = self._config_schema.get("properties", {})
        defaults = {
            name: schema["default"] for name, schema in properties.items() if "default" in schema
        }
        return {**defaults, **config}

    def _take_config(self, config: JSON) -> None:
        fields = self._config_complaints(config)
        if fields:
            raise InvalidParams("The configuration is wrong.", fields=fields)
        self.config = self._settings(config)

    def _start(self, call: Call, params: Dict[str, JSON]) -> JSON:
        self._take_config(params.get("config", {}))
        self.grants = params.get("grants", {})
        self.state_dir = params.get("state_dir", "")
        self._stopped = False
        for function in self._lifecycle.get("start", ()):
            function()
        return {}

    def _reload(self, call: Call, params: Dict[str, JSON]) -> JSON:
        before = self.config
        self._take_config(params.get("config", {}))
        try:
            answers = [function() for function in self._lifecycle.get("reload", ())]
        except BaseException:
            self.config = before
            raise
        return {"applied": bool(answers) and False not in answers}

    def _health(self, call: Call, params: Dict[str, JSON]) -> JSON:
        since = self._stuck_since
        if since is not None and time.monotonic() - since >= self._STUCK_SECONDS:
            return {"ok": False, "message": f"All {self._limit} threads are busy, calls wait, and "
                    f"nothing has ended for {time.monotonic() - since:.0f} s."}
        for check in self._lifecycle.get("health", ()):
            problem = check()
            if problem not in (None, True):
                return {"ok": False, "message": str(problem or "not well")}
        return {"ok": True}

    def _stop(self, call: Call, params: Dict[str, JSON]) -> JSON:
        self._stop_once()
        return {}

    def _stop_once(self) -> None:
        with self._lock:
            if self._stopped:
                return
            self._stopped = True
        for function in self._lifecycle.get("stop", ()):
            try:
                function()
            except BaseException as error:  # The others have a right to stop as well.
                self._failure("on_stop", error)

    def _hook(self, call: Call, params: Dict[str, JSON]) -> JSON:
        name = params.get("hook", "")
        route = self._hooks.get(name)
        if route is None:
            raise NotFound(f"{self.name} has no hook {name}.")
        call.method = name
        try:
            changed = route.function(
                params.get("payload", {}), **({"call": call} if route.wants_call else {}))
        except Reject as error:
            return {"action": "reject", "error": {
                "message": error.message, "kind": error.kind, "code": error.code}}
        if changed is None:
            return {"action": "continue"}
        return {"action": "replace", "payload": changed}

    def _contribute(self, call: Call, params: Dict[str, JSON]) -> JSON:
        wanted = set(params.get("sections", ()))
        items: List[Dict[str, JSON]] = []
        for part in self._parts:
            route = self._part_routes[part["section"]]
            if part["section"] not in wanted:
                continue
            for ref in params.get("subjects", ()):
                if ref.partition(":")[0] not in part["nouns"]:
                    continue
                said = route.function(ref, **({"call": call} if route.wants_call else {}))
                if said is not None:
                    items.append({"subject": ref, "section": part["section"], **said})
        return {"items": items}
