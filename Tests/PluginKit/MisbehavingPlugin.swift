import TestClient

/// A plugin that does one thing wrong, written without the SDK so that it can.
struct MisbehavingPlugin {
    let path: String
    private let folder: TemporaryFolder

    init(_ misdeed: String) throws {
        folder = try TemporaryFolder()
        let text = Self.program.replacing("MISDEED", with: misdeed)
        path = try folder.write(text, to: "zoo.py")
    }

    var command: [String] { ["/usr/bin/env", "python3", path] }

    private static let program = """
        import json, os, signal, sys
        misdeed = "MISDEED"
        number = 0
        manifest = {
            "protocol": [1], "name": "zoo", "version": "1.0.0", "features": ["validate", "health", "dry_run"],
            "config_schema": {"type": "object", "properties": {"size": {"type": "integer"}}},
            "requires": {"hooks": ["check.before_create"], "subscribe": ["check.*"], "store": True},
            "hooks": [{"name": "check.before_create"}],
            "methods": [
                {"name": "zoo.get", "effect": "read", "result": {"type": "object"},
                 "params": {"type": "object", "properties": {"size": {"type": "integer"}}},
                 "examples": [{"name": "one", "params": {"size": 1}, "result": {"size": 1}}]},
                {"name": "zoo.put", "effect": "write", "result": {"type": "object"},
                 "params": {"type": "object", "properties": {}}}]}
        if misdeed == "foreign method": manifest["methods"][0]["name"] = "check.get"
        if misdeed == "no version": del manifest["version"]
        if misdeed == "claims": manifest["requires"]["store"] = False

        def say(message):
            sys.stdout.write(json.dumps(message) + "\\n")
            sys.stdout.flush()

        def store(method, **params):
            global number
            number += 1
            say({"jsonrpc": "2.0", "id": f"p{number}", "method": method, "params": params})

        def get(params, meta):
            size = params.get("size", 0)
            if misdeed == "unnamed field" and not isinstance(size, int):
                raise ValueError((-32602, "something is wrong"))
            if not isinstance(size, int):
                raise ValueError((-32602, "size: must be an integer"))
            if misdeed == "fails inside": raise ValueError((-32603, "oh"))
            if misdeed == "claims": store("store.get", key="x")
            return {"size": size + (misdeed == "wrong example")}

        def put(params, meta):
            if misdeed == "dry run" or not meta.get("dry_run"): store("store.put", key="x", value=1)
            return {}

        def answer(method, params):
            meta = params.pop("_meta", {})
            if method == "plugin.describe":
                if misdeed == "side effect": open("left", "w").close()
                return manifest
            if method == "plugin.validate":
                good = misdeed == "any config" or isinstance(params["config"].get("size", 1), int)
                return {"ok": good, "fields": [] if good else [{"path": "size", "reason": "bad"}]}
            if method == "plugin.health": return {"ok": misdeed != "ill"}
            if method in ("plugin.start", "plugin.stop", "event.deliver"): return {}
            if method == "hook.call":
                if misdeed == "slow hook": signal.pause()
                return {"action": "go on" if misdeed == "odd hook" else "continue"}
            if method == "zoo.get" or method == "check.get": return get(params, meta)
            if method == "zoo.put": return put(params, meta)
            if misdeed == "answers all": return {}
            raise ValueError((-32601, "no such method"))

        if misdeed == "ignores SIGTERM": signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if misdeed == "prints": print("hello", flush=True)
        if misdeed == "does not start": sys.exit(3)
        for line in sys.stdin.buffer:
            try:
                message = json.loads(line.decode())
                method, number_ = message["method"], message["id"]
            except Exception:
                if misdeed == "dies of garbage" and line.strip() == b"garbage": sys.exit("garbage")
                continue
            if not isinstance(method, str): continue
            try:
                reply = {"result": answer(method, message.get("params", {}))}
            except ValueError as error:
                code, text = error.args[0]
                reply = {"error": {"code": code, "message": text}}
            say({"jsonrpc": "2.0", "id": number_, **reply})
            if misdeed == "answers twice" and method == "zoo.get":
                say({"jsonrpc": "2.0", "id": number_, **reply})
        if misdeed == "ignores the end": signal.pause()
        """
}
