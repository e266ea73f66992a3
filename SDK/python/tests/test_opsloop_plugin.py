"""What the SDK promises, tried over its pipes."""

import dataclasses
import datetime
import enum
import json
import os
import signal
import sys
import typing
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import opsloop_plugin  # noqa: E402
from opsloop_plugin import Plugin, schema_of  # noqa: E402
from plugin_process import Answer, MemoryStore, PluginProcess, WAIT  # noqa: E402


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Found(typing.TypedDict):
    name: str
    count: int


@dataclasses.dataclass
class Settings:
    channel: str
    limit: int = 5


class SchemaTests(unittest.TestCase):
    def test_annotations_become_schemas(self):
        for annotation, schema in [
            (str, {"type": "string"}),
            (typing.Optional[int], {"type": ["integer", "null"]}),
            (typing.List[bool], {"type": "array", "items": {"type": "boolean"}}),
            (typing.Dict[str, float],
             {"type": "object", "additionalProperties": {"type": "number"}}),
            (typing.Literal["a", "b"], {"type": "string", "enum": ["a", "b"]}),
            (Colour, {"type": "string", "enum": ["red", "blue"]}),
            (typing.Optional[Colour],
             {"type": ["string", "null"], "enum": ["red", "blue", None]}),
            (typing.Optional[typing.Literal[1, 2]],
             {"type": ["integer", "null"], "enum": [1, 2, None]}),
            (datetime.datetime, {"type": "string", "format": "date-time"}),
            (typing.Union[int, str], {"anyOf": [{"type": "integer"}, {"type": "string"}]}),
            (Settings, {
                "type": "object", "required": ["channel"], "additionalProperties": False,
                "properties": {"channel": {"type": "string"},
                               "limit": {"type": "integer", "default": 5}}}),
            (Found, {
                "type": "object", "required": ["count", "name"], "additionalProperties": False,
                "properties": {"name": {"type": "string"}, "count": {"type": "integer"}}}),
        ]:
            with self.subTest(annotation=annotation):
                self.assertEqual(schema_of(annotation), schema)

    def test_an_unknown_annotation_says_what_to_do(self):
        with self.assertRaisesRegex(TypeError, "give params= or result= yourself"):
            schema_of(typing.Callable[[], None])

    def test_a_signature_becomes_parameters_with_help(self):
        plugin = Plugin("a")

        @plugin.method("a.do", effect="write")
        def do(call, name: str, *, size: int = 3, tags: typing.Optional[list] = None) -> Found:
            """Does it.

            More about it.

            Args:
                name: Who
                    exactly.
                size: How big.
            """

        method = plugin.manifest["methods"][0]
        self.assertEqual(method["summary"], "Does it.")
        self.assertEqual(method["effect"], "write")
        self.assertFalse(method["idempotent"])
        self.assertEqual(method["params"], {
            "type": "object", "required": ["name"], "additionalProperties": False,
            "properties": {
                "name": {"type": "string", "description": "Who exactly.", "x-positional": True},
                "size": {"type": "integer", "description": "How big.", "default": 3},
                "tags": {"type": "array", "description": ""}}})

    def test_what_may_be_left_out_is_not_null(self):
        plugin = Plugin("a")

        @plugin.method("a.do")
        def do(colour: typing.Optional[Colour] = None) -> None:
            """Does it."""

        self.assertEqual(plugin.manifest["methods"][0]["params"]["properties"]["colour"], {
            "type": "string", "enum": ["red", "blue"], "description": "", "x-positional": True})

    def test_a_method_of_somebody_else_is_refused(self):
        with self.assertRaisesRegex(ValueError, "begin with a."):
            Plugin("a").method("b.do")

    def test_times_are_read(self):
        at = opsloop_plugin._instant("2026-01-31T08:00:00.25+02:00")
        self.assertEqual(opsloop_plugin._plain(at), "2026-01-31T06:00:00.250Z")
        self.assertIsNone(opsloop_plugin._instant("2026-13-31T08:00:00Z"))


class ConversionTests(unittest.TestCase):
    TYPES = """
import datetime, typing
class Colour(enum.Enum):
    RED = "red"
@dataclasses.dataclass
class Inner:
    colour: Colour
    at: typing.Optional[datetime.datetime] = None
@dataclasses.dataclass
class Outer:
    name: str
    inner: Inner
    more: typing.List[Inner] = dataclasses.field(default_factory=list)
class Named(typing.TypedDict):
    colour: Colour
"""
    METHODS = """
@plugin.method("a.list")
def lists(colours: typing.List[Colour] = [], times: typing.List[datetime.datetime] = [],
          by: typing.Dict[str, Colour] = {}, both: typing.Tuple[Colour, ...] = ()) -> str:
    return repr([colours, [at.year for at in times], by, both])
@plugin.method("a.choice")
def choice(value: typing.Union[int, Colour, typing.List[Colour], None]) -> str:
    return repr(value)
@plugin.method("a.object")
def objects(outer: typing.Optional[Outer] = None, named: typing.Optional[Named] = None) -> str:
    return repr(outer or named)
@plugin.method("a.config")
def config() -> str: return repr(plugin.config)
"""
    SOURCE = "import dataclasses, enum\n" + TYPES + 'plugin = Plugin("a", config=Outer)\n' + METHODS

    def test_what_is_inside_of_lists_and_dicts_has_its_type(self):
        with PluginProcess(self.SOURCE) as plugin:
            self.assertEqual(
                plugin.call("a.list", colours=["red"], times=["2026-01-31T08:00:00Z"],
                            by={"x": "red"}, both=["red"]),
                "[[<Colour.RED: 'red'>], [2026], {'x': <Colour.RED: 'red'>}, "
                "(<Colour.RED: 'red'>,)]")
            for value, shown in [(7, "7"), ("red", "<Colour.RED: 'red'>"), (None, "None"),
                                 (["red"], "[<Colour.RED: 'red'>]")]:
                self.assertEqual(plugin.call("a.choice", value=value), shown)
            with self.assertRaises(Answer) as caught:
                plugin.call("a.list", colours=["green"])
            self.assertEqual(caught.exception.data["fields"][0]["path"], "colours[0]")

    def test_dataclasses_in_parameters_and_settings_are_made(self):
        outer = {"name": "n", "inner": {"colour": "red", "at": "2026-01-31T08:00:00Z"},
                 "more": [{"colour": "red"}]}
        shown = ("Outer(name='n', inner=Inner(colour=<Colour.RED: 'red'>, "
                 "at=datetime.datetime(2026, 1, 31, 8, 0, tzinfo=datetime.timezone.utc)), "
                 "more=[Inner(colour=<Colour.RED: 'red'>, at=None)])")
        with PluginProcess(self.SOURCE) as plugin:
            plugin.call("plugin.start", config=outer)
            self.assertEqual(plugin.call("a.config"), shown)
            self.assertEqual(plugin.call("a.object", outer=outer), shown)
            self.assertEqual(
                plugin.call("a.object", named={"colour": "red"}),
                "{'colour': <Colour.RED: 'red'>}")


ECHO = """
import time
plugin = Plugin("echo")
@plugin.method("echo.add")
def add(a: int, b: int = 1) -> int: return a + b
@plugin.method("echo.fail")
def fail(): raise ValueError("no")
@plugin.method("echo.own")
def own(): raise PluginError("full", code=2001, kind="full", retryable=True, hint="wait")
@plugin.method("echo.print")
def noise(): print("hello"); import os; os.system("echo noise"); return 1
@plugin.method("echo.wait")
def wait(call):
    call.progress(1, 2, "half")
    while True:
        call.check()
        time.sleep(0.002)
@plugin.method("echo.meta")
def meta(call): return [call.principal, call.request_id, call.dry_run, call.idempotency_key]
@plugin.method("echo.ask")
def ask(call, method: str): return plugin.call(method, x=1)
@plugin.method("echo.block")
def block(): time.sleep(60)
@plugin.method("echo.nap")
def nap(n: int): time.sleep(0.006); return n
"""


class CallTests(unittest.TestCase):
    def test_answers_and_errors(self):
        with PluginProcess(ECHO) as plugin:
            self.assertEqual(plugin.call("echo.add", a=2, _meta={"principal": "p"}), 3)
            with self.assertRaises(Answer) as caught:
                plugin.call("echo.add", b="x", c=1)
            self.assertEqual(caught.exception.code, -32602)
            self.assertEqual(
                [field["path"] for field in caught.exception.data["fields"]], ["a", "b", "c"])
            with self.assertRaises(Answer) as caught:
                plugin.call("echo.own")
            self.assertEqual(caught.exception.code, 2001)
            self.assertEqual(
                caught.exception.data, {"kind": "full", "retryable": True, "hint": "wait"})
            with self.assertRaises(Answer) as caught:
                plugin.call("echo.nothing")
            self.assertEqual(caught.exception.code, -32601)

    def test_a_fault_is_logged_and_not_shown(self):
        with PluginProcess(ECHO) as plugin:
            with self.assertRaises(Answer) as caught:
                plugin.call("echo.fail")
            self.assertEqual(caught.exception.code, -32603)
            self.assertNotIn("no", caught.exception.data)
            note = plugin.notes.get(timeout=WAIT)
            self.assertEqual((note["method"], note["params"]["level"]), ("log", "error"))
            self.assertIn("ValueError", note["params"]["fields"]["traceback"])

    def test_text_that_is_not_unicode_is_answered(self):
        source = ECHO + """
NAME = "a" + chr(0xdcff)
@plugin.method("echo.name")
def name(how: str):
    if how == "result": return [NAME]
    if how == "error": raise NotFound("no " + NAME)
    if how == "call": return plugin.call("check.get", name=NAME)
    plugin.log.info(NAME)
    return chr(0xe9)
"""
        with PluginProcess(source) as plugin:
            for how, code, text in [("result", -32603, "its log says why"),
                                    ("call", -32603, "its log says why"),
                                    ("error", 1003, "no a?")]:
                with self.subTest(how=how), self.assertRaises(Answer) as caught:
                    plugin.call("echo.name", how=how)
                self.assertEqual(caught.exception.code, code)
                self.assertIn(text, str(caught.exception))
            self.assertEqual(plugin.call("echo.name", how="log"), "\xe9")
            notes = [plugin.notes.get(timeout=WAIT)["params"]["message"] for _ in range(3)]
            self.assertEqual(notes[2], "a?")
            self.assertIn("UnicodeEncodeError", notes[0])

    def test_what_is_printed_goes_to_the_log(self):
        with PluginProcess(ECHO) as plugin:
            self.assertEqual(plugin.call("echo.print"), 1)
            plugin.process.stdin.close()
            self.assertEqual(plugin.process.stderr.read(), b"hello\nnoise\n")

    def test_what_is_known_about_the_call(self):
        with PluginProcess(ECHO) as plugin:
            meta = {"principal": "user:a", "request_id": "r1", "dry_run": True,
                    "idempotency_key": "k"}
            self.assertEqual(plugin.call("echo.meta", _meta=meta), ["user:a", "r1", True, "k"])

    def test_bad_lines_are_answered_and_survived(self):
        with PluginProcess(ECHO) as plugin:
            for line, code in [
                (b"garbage\n", -32700), (b"[1]\n", -32600), (b"\xff\xfe\n", -32700),
                (b"[" * 100_000 + b"\n", -32700), (b'{"id":1,"method":7}\n', -32600),
                (b'{"id":{},"method":"echo.add"}\n', -32600), (b'{"id":1,"x":NaN}\n', -32700),
                (b"x" * (17 << 20) + b"\n", 1009),
            ]:
                with self.subTest(line=line[:20]):
                    plugin.write(b"\n  \n")
                    rest = memoryview(line)
                    while rest:
                        rest = rest[os.write(plugin.process.stdin.fileno(), rest):]
                    with self.assertRaises(Answer) as caught:
                        plugin.end(None)
                    self.assertEqual(caught.exception.code, code)
                    self.assertEqual(plugin.call("echo.add", a=1), 2)

    def test_a_slow_method_delays_nobody_and_is_cancelled_once(self):
        with PluginProcess(ECHO) as plugin:
            waiting = plugin.begin("echo.wait", _meta={"progress_token": "t"})
            note = plugin.notes.get(timeout=WAIT)
            self.assertEqual(note["params"], {
                "progress_token": "t", "progress": 1, "total": 2, "message": "half"})
            self.assertEqual(plugin.call("plugin.health"), {"ok": True})
            plugin.send("$/cancelRequest", {"id": waiting})
            with self.assertRaises(Answer) as caught:
                plugin.end(waiting)
            self.assertEqual(caught.exception.code, 1008)

    def test_a_deadline_ends_a_method_that_looks(self):
        with PluginProcess(ECHO) as plugin:
            with self.assertRaises(Answer) as caught:
                plugin.call("echo.wait", _meta={"timeout_ms": 20})
            self.assertEqual(caught.exception.code, 1007)

    def test_more_blocked_calls_than_threads_leave_health_alone(self):
        with PluginProcess(ECHO.replace('Plugin("echo")', 'Plugin("echo", threads=4)')) as plugin:
            for _ in range(8):
                plugin.begin("echo.block")
            self.assertEqual(plugin.call("plugin.health"), {"ok": True})

    def test_every_way_to_fail_is_answered_and_costs_no_thread(self):
        source = ECHO.replace('Plugin("echo")', 'Plugin("echo", threads=4)') + """
class Mute(Exception):
    def __repr__(self): raise ValueError("no text")
    __str__ = __repr__
class Odd(PluginError):
    code = object()
@plugin.method("echo.odd", slow=True)
def odd(what: str):
    if what == "object": raise PluginError(ValueError("full"), code=2001)
    if what == "hint": raise PluginError("no", code=2001, hint=ValueError("wait"))
    if what == "field": raise InvalidParams("no", fields=[("a", ValueError("bad"))])
    if what == "fields": raise InvalidParams("no", fields=[1])
    if what == "code": raise Odd("no")
    if what == "mute": raise Mute()
    if what == "exit": sys.exit()
    return 1
"""
        with PluginProcess(source) as plugin:
            for what, code in [("object", 2001), ("hint", 2001), ("field", -32602),
                               ("fields", -32603), ("code", -32603), ("mute", -32603),
                               ("exit", -32603)]:
                for _ in range(8):
                    with self.subTest(what=what), self.assertRaises(Answer) as caught:
                        plugin.call("echo.odd", what=what)
                    self.assertEqual(caught.exception.code, code)
                if what == "object":
                    self.assertEqual(str(caught.exception), "full")
            self.assertEqual(plugin.call("echo.odd", what="nothing"), 1)
            self.assertEqual(plugin.call("plugin.health"), {"ok": True})

    def test_health_fails_when_calls_wait_and_nothing_ends(self):
        source = ECHO.replace('Plugin("echo")', 'Plugin("echo", threads=4)')
        with PluginProcess(source + "\nPlugin._STUCK_SECONDS = 0\n") as plugin:
            self.assertEqual(plugin.call("plugin.health"), {"ok": True})
            for _ in range(8):
                plugin.begin("echo.block")
            health = plugin.call("plugin.health")
            self.assertFalse(health["ok"])
            self.assertIn("threads are busy", health["message"])

    def test_every_call_is_answered_once_under_load(self):
        with PluginProcess(ECHO) as plugin:
            begun = [
                (n, plugin.begin("echo.nap" if n % 7 == 0 else "echo.add",
                                 **({"n": n} if n % 7 == 0 else {"a": n, "b": 0})))
                for n in range(700)
            ]
            self.assertEqual([plugin.end(number) for _, number in begun], list(range(700)))

    def test_calling_back_carries_deadline_and_dry_run(self):
        with PluginProcess(ECHO, {"check.get": lambda params: params}) as plugin:
            answer = plugin.call(
                "echo.ask", method="check.get", _meta={"timeout_ms": 5000, "dry_run": True})
            meta = answer["params"].pop("_meta")
            self.assertEqual(answer["params"], {"x": 1})
            self.assertTrue(meta["dry_run"])
            self.assertTrue(0 < meta["timeout_ms"] <= 5000)

    def test_a_cancelled_call_cancels_what_it_waits_for(self):
        with PluginProcess(ECHO) as plugin:
            waiting = plugin.begin("echo.ask", method="check.get")
            asked = plugin.asked.get(timeout=WAIT)
            plugin.send("$/cancelRequest", {"id": waiting})
            self.assertEqual(
                plugin.notes.get(timeout=WAIT),
                {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": asked["id"]}})
            plugin.write(json.dumps({"id": asked["id"], "error": {
                "code": 1008, "message": "cancelled"}}).encode() + b"\n")
            with self.assertRaises(Answer) as caught:
                plugin.end(waiting)
            self.assertEqual(caught.exception.code, 1008)


class LifeTests(unittest.TestCase):
    def test_it_ends_with_its_input_and_on_sigterm(self):
        source = ECHO + "\n@plugin.on_stop\ndef stop(): print('stopped')\n"
        for end in (lambda p: p.process.stdin.close(),
                    lambda p: p.process.send_signal(signal.SIGTERM)):
            with PluginProcess(source) as plugin:
                plugin.call("plugin.start", config={}, grants={}, state_dir="/")
                plugin.begin("echo.block")
                plugin.call("plugin.health")
                end(plugin)
                self.assertEqual(plugin.process.wait(WAIT), 0)
                self.assertEqual(plugin.process.stderr.read(), b"stopped\n")

    def test_it_ends_though_a_thread_of_its_own_does_not(self):
        source = ECHO + "import threading\nthreading.Thread(target=threading.Event().wait).start()\n"
        with PluginProcess(source) as plugin:
            self.addCleanup(plugin.process.kill)
            self.assertEqual(plugin.call("echo.add", a=1), 2)
            plugin.process.stdin.close()
            self.assertEqual(plugin.process.wait(WAIT), 0)

    def test_opsloop_can_be_called_during_the_start(self):
        source = """
plugin = Plugin("a")
@plugin.on_start
def start(): plugin.found = plugin.call("check.list")
@plugin.method("a.get")
def get(): return plugin.found
"""
        with PluginProcess(source, {"check.list": lambda _: [1]}) as plugin:
            self.assertEqual(plugin.call("plugin.start", config={}), {})
            self.assertEqual(plugin.call("a.get"), [1])

    def test_configuration_is_checked_and_taken(self):
        source = """
import dataclasses
@dataclasses.dataclass
class Config:
    channel: str
    limit: int = 5
plugin = Plugin("a", config=Config)
@plugin.validate
def check(config):
    if not config.channel.startswith("#"): return [("channel", "must begin with #")]
@plugin.on_reload
def reload():
    if plugin.config.limit == 9: raise PluginError("no nine")
@plugin.method("a.get")
def get(): return [plugin.config.channel, plugin.config.limit]
"""
        with PluginProcess(source) as plugin:
            for config, path in [({}, "channel"), ({"channel": "x"}, "channel"),
                                 ({"channel": "#x", "limit": "a"}, "limit"),
                                 ({"channel": "#x", "more": 1}, "more")]:
                answer = plugin.call("plugin.validate", config=config)
                self.assertEqual([answer["ok"], answer["fields"][0]["path"]], [False, path])
            with self.assertRaises(Answer):
                plugin.call("plugin.start", config={"channel": "x"})
            plugin.call("plugin.start", config={"channel": "#a"})
            self.assertEqual(plugin.call("a.get"), ["#a", 5])
            self.assertEqual(
                plugin.call("plugin.reload", config={"channel": "#b"}), {"applied": True})
            with self.assertRaises(Answer):
                plugin.call("plugin.reload", config={"channel": "#c", "limit": 9})
            self.assertEqual(plugin.call("a.get"), ["#b", 5])

    def test_health_says_what_is_wrong(self):
        source = 'plugin = Plugin("a")\n@plugin.health\ndef health(): return "disk full"\n'
        with PluginProcess(source) as plugin:
            self.assertEqual(
                plugin.call("plugin.health"), {"ok": False, "message": "disk full"})


class HookTests(unittest.TestCase):
    SOURCE = """
plugin = Plugin("a")
@plugin.hook("check.before_create", after=["b"])
def before(payload, call):
    if payload.get("bad"): raise Reject("not allowed", kind="policy")
    if payload.get("change"): return {**payload, "by": call.principal}
"""

    def test_a_hook_continues_replaces_or_rejects(self):
        with PluginProcess(self.SOURCE) as plugin:
            def run(**payload):
                return plugin.call("hook.call", hook="check.before_create", payload=payload,
                                   _meta={"principal": "user:a"})
            self.assertEqual(run(), {"action": "continue"})
            self.assertEqual(run(change=1), {
                "action": "replace", "payload": {"change": 1, "by": "user:a"}})
            self.assertEqual(run(bad=1), {"action": "reject", "error": {
                "message": "not allowed", "kind": "policy", "code": 1004}})
            manifest = plugin.call("plugin.describe", protocol=[1])
            self.assertEqual(manifest["hooks"], [{"name": "check.before_create", "after": ["b"]}])
            self.assertEqual(manifest["requires"], {"hooks": ["check.before_create"]})


class EventTests(unittest.TestCase):
    SOURCE = """
import time
plugin = Plugin("a", store=True)
seen = []
@plugin.on("check.*")
def heard(event):
    if event.data.get("slow"): time.sleep(0.03)
    if event.data.get("bad"): raise ValueError("bad")
    seen.append(event.seq)
    if event.data.get("keep"): plugin.store[f"e{event.seq}"] = event.topic
@plugin.method("a.seen")
def get() -> list: return seen
"""

    def test_events_are_handled_in_order_even_when_slow(self):
        with PluginProcess(self.SOURCE) as plugin:
            begun = [
                plugin.begin("event.deliver", seq=n, at="", topic="check.created", ref=None,
                             data={"slow": n % 3 == 0})
                for n in range(20)
            ]
            self.assertEqual([plugin.end(number) for number in begun], [{}] * 20)
            self.assertEqual(plugin.call("a.seen"), list(range(20)))

    def test_a_listener_keeps_values_and_a_failing_one_is_an_error(self):
        store = MemoryStore()
        with PluginProcess(self.SOURCE, store.methods()) as plugin:
            event = {"at": "", "topic": "check.created", "ref": None}
            plugin.call("event.deliver", seq=1, data={"keep": True}, **event)
            self.assertEqual(store.values["e1"], ("check.created", 1))
            with self.assertRaises(Answer):
                plugin.call("event.deliver", seq=2, data={"bad": True}, **event)
            plugin.call("event.deliver", seq=3, data={}, **event)
            self.assertEqual(plugin.call("a.seen"), [1, 3])


class StoreTests(unittest.TestCase):
    SOURCE = """
plugin = Plugin("a", store=True)
plugin.event("a.done", "It is done.")
@plugin.method("a.add", effect="write")
def add(key: str):
    seq = plugin.emit("a.done", {"key": key}, ref="check:1")
    return [plugin.store.update(key, lambda n: n + 1, 0), seq]
@plugin.method("a.keys")
def keys(): return list(plugin.store)
@plugin.method("a.get")
def get(key: str): return [plugin.store.get(key, "none"), key in plugin.store]
@plugin.method("a.drop")
def drop(key: str): del plugin.store[key]
"""

    def test_values_events_and_dry_runs(self):
        store = MemoryStore()
        emitted = []
        host = {**store.methods(), "event.emit": lambda params: emitted.append(params)
                or {"seq": len(emitted)}}
        with PluginProcess(self.SOURCE, host) as plugin:
            self.assertEqual(plugin.call("a.add", key="x"), [1, 1])
            self.assertEqual(plugin.call("a.add", key="x", _meta={"dry_run": True}), [2, 0])
            self.assertEqual(plugin.call("a.get", key="x"), [1, True])
            self.assertEqual(
                emitted, [{"topic": "a.done", "data": {"key": "x"}, "ref": "check:1"}])
            for key in "cab":
                plugin.call("a.add", key=key)
            self.assertEqual(plugin.call("a.keys"), ["a", "b", "c", "x"])
            plugin.call("a.drop", key="x")
            self.assertEqual(plugin.call("a.get", key="x"), ["none", False])

    def test_an_update_is_repeated_when_somebody_else_was_quicker(self):
        store = MemoryStore()
        methods = store.methods()
        refused = []

        def put(params):
            if not refused:
                refused.append(params)
                store.values["x"] = (10, 5)
            return store.put(params)

        methods["store.put"] = put
        methods["event.emit"] = lambda params: {"seq": 1}
        with PluginProcess(self.SOURCE, methods) as plugin:
            self.assertEqual(plugin.call("a.add", key="x"), [11, 1])


if __name__ == "__main__":
    unittest.main()
