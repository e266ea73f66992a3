#!/usr/bin/env python3
"""Remembers deployments, and says which of them came shortly before a check failed.

    opsloop deploys record shop 1.4.2 --by ana
    opsloop deploys suspects web

It shows everything that a plugin can do: methods, events in and out, a hook, a part of
others' pages, the store, a configuration, health.
"""

import datetime
import fnmatch
import os
import sys
import typing
from dataclasses import dataclass, field
from typing import Dict, List, Optional

HERE = os.path.dirname(os.path.abspath(__file__))
# In this repository the SDK has a folder of its own; beside your plugin it needs no such line.
sys.path.append(os.path.join(HERE, "..", "..", "SDK", "python"))

from opsloop_plugin import Call, Event, NotFound, Plugin, PluginError  # noqa: E402


@dataclass
class Config:
    """What plugins.json says under `config`."""

    window_minutes: int = 30
    keep_days: int = 90
    teams: Dict[str, str] = field(default_factory=dict)


class Deployment(typing.TypedDict):
    """One deployment, as it is stored and shown."""

    service: str
    version: str
    by: str
    at: str


class Deployments(typing.TypedDict):
    """A list of them."""

    items: List[Deployment]


class Suspects(typing.TypedDict):
    """What was deployed before a failure."""

    check: str
    state: str
    failed_at: str
    items: List[Deployment]


plugin = Plugin(
    "deploys", version="1.0.0", config=Config, store=True, dry_run=True,
    summary="Remembers deployments and names those that came before a failure.")
plugin.event("deploys.recorded", "Something was deployed; carries the deployment.")
plugin.event("deploys.suspected", "A check failed soon after a deployment; carries the suspects.")

FAILING = ("warning", "critical")


# Methods --------------------------------------------------------------------------------------


@plugin.method(
    "deploys.record", effect="write", idempotent=True,
    errors=[{"code": 2001, "kind": "time_taken", "message": "That time has another deployment."}],
    examples=[{"name": "the first one", "params": {
        "service": "shop", "version": "1.4.2", "by": "ana", "at": "2026-01-31T08:00:00Z"},
        "result": {"service": "shop", "version": "1.4.2", "by": "ana",
                   "at": "2026-01-31T08:00:00.000Z"}}])
def record(
    call: Call, service: str, version: str, *, by: str = "",
    at: Optional[datetime.datetime] = None,
) -> Deployment:
    """Records that a version of a service was deployed.

    Args:
        service: What was deployed.
        version: Which version of it.
        by: Who did it; the caller when nobody is named.
        at: When; now by default.
    """
    deployment = Deployment(
        service=service, version=version, by=by or call.principal, at=text(at or now()))
    key = f"at/{deployment['at']}/{service}"
    known = plugin.store.get(key)
    if known == deployment:
        return deployment
    if known is not None:
        raise PluginError(
            f"At that time {service} {known['version']} was deployed.", code=2001,
            kind="time_taken")
    plugin.store.put(key, deployment, generation=0)
    plugin.emit("deploys.recorded", deployment)
    return deployment


@plugin.method("deploys.list", columns=["at", "service", "version", "by"])
def list_deployments(*, service: Optional[str] = None, hours: int = 24) -> Deployments:
    """Lists what was deployed lately, the newest first.

    Args:
        service: Only deployments of this service.
        hours: How far to look back.
    """
    found = since(now() - datetime.timedelta(hours=hours))
    return {"items": [d for d in reversed(found) if service in (None, d["service"])]}


@plugin.method("deploys.suspects", columns=["at", "service", "version", "by"])
def suspects(check: str) -> Suspects:
    """Shows the deployments shortly before the last failure of a check.

    Args:
        check: The check's name.
    """
    found = plugin.store.get(f"failure/{check}")
    if found is None:
        raise NotFound(
            f"The check {check} has not failed since deployments are recorded.",
            hint="opsloop check list")
    return found


# Events and hooks -----------------------------------------------------------------------------


@plugin.on("check.state_changed")
def on_state_changed(event: Event) -> None:
    """Remembers what was deployed before a check failed."""
    if event.data["state"] not in FAILING:
        return
    failed_at = event.data["at"]
    window = datetime.timedelta(minutes=plugin.config.window_minutes)
    items = [d for d in since(moment(failed_at) - window) if d["at"] <= failed_at]
    failure = Suspects(
        check=event.data["name"], state=event.data["state"], failed_at=failed_at, items=items)
    plugin.store.put(f"failure/{failure['check']}", failure)
    if items:
        plugin.emit("deploys.suspected", dict(failure), ref=event.ref)


@plugin.hook("check.before_create")
def label_the_team(payload: dict) -> Optional[dict]:
    """Labels a new check with its team, when a pattern of the configuration fits its name."""
    labels = payload.get("labels", {})
    for pattern, team in plugin.config.teams.items():
        if fnmatch.fnmatchcase(payload.get("name", ""), pattern) and "team" not in labels:
            return {**payload, "labels": {**labels, "team": team}}
    return None


@plugin.contribution(
    "deployments", nouns=["ci", "check"], method="deploys.list", summary="The last day's.")
def contribute(ref: str) -> Optional[dict]:
    """What was deployed in the last day stands on the pages of items and checks."""
    items = list_deployments()["items"]
    if not items:
        return None
    lines = [{"text": f"{d['at']} {d['service']} {d['version']} by {d['by']}", "data": d}
             for d in items]
    return {"title": f"{len(items)} deployments in the last day", "lines": lines}


# Its life -------------------------------------------------------------------------------------


@plugin.validate
def validate(config: Config) -> list:
    """A window of no time would suspect nobody."""
    return [(name, "must be at least 1") for name in ("window_minutes", "keep_days")
            if getattr(config, name) < 1]


@plugin.on_start
def forget_the_old() -> None:
    """Deletes what is older than `keep_days`."""
    oldest = text(now() - datetime.timedelta(days=plugin.config.keep_days))
    for key in list(plugin.store.keys("at/")):
        if key < f"at/{oldest}":
            plugin.store.delete(key)


@plugin.on_reload
def take_it() -> bool:
    """The next event and the next hook see the new configuration."""
    return True


@plugin.health
def health() -> None:
    """It is well when it can read its store."""
    plugin.store.get("health")


def since(moment: datetime.datetime) -> List[Deployment]:
    """The deployments since a moment, the oldest first."""
    first = f"at/{text(moment)}"
    return [plugin.store[key] for key in plugin.store.keys("at/") if key >= first]


def now() -> datetime.datetime:
    """The present moment."""
    return datetime.datetime.now(datetime.timezone.utc)


def text(at: datetime.datetime) -> str:
    """A moment as it is stored: texts then sort like times."""
    utc = at.astimezone(datetime.timezone.utc)
    return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(at: str) -> datetime.datetime:
    """Reads what `text` wrote."""
    return datetime.datetime.fromisoformat(at.replace("Z", "+00:00"))


if __name__ == "__main__":
    plugin.run()
