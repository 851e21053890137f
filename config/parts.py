"""The parts of a running installation: what `cchc up` writes down and `cchc status` reads."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path

from config.processes import started_at

NAMES = ("database", "web", "prefect", "worker", "dispatcher")


class State(StrEnum):
    """What a part does now."""

    RUNNING = "running"
    STARTING = "starting"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class PartStatus:
    """One part; `since` is the UTC time at which it entered its state.

    `began` tells its process from a later one with the same pid.
    """

    name: str
    state: State = State.DOWN
    pid: int | None = None
    url: str | None = None
    since: str | None = None
    restarts: int = 0
    began: str | None = None

    @property
    def alive(self) -> bool:
        """Say whether the very process that was written down is still there."""
        return self.pid is not None and self.began is not None and started_at(self.pid) == self.began


def write_parts(data: Path, parts: list[PartStatus]) -> None:
    """Put the parts on disk in one step, with the process that looks after them."""
    folder = data / "run"
    folder.mkdir(parents=True, exist_ok=True)
    keeper = {"pid": os.getpid(), "began": started_at(os.getpid())}
    text = json.dumps({"keeper": keeper, "parts": [asdict(part) for part in parts]}, indent=1)
    new = folder / "parts.json.new"
    new.write_text(text + "\n", encoding="utf-8")
    new.replace(folder / "parts.json")


def read_parts(data: Path) -> list[PartStatus]:
    """Return every part as it is now, in a fixed order; what has died since it was written down is down."""
    try:
        found = json.loads((data / "run" / "parts.json").read_text(encoding="utf-8"))
        keeper = PartStatus("up", **found["keeper"])
        parts = {
            part["name"]: PartStatus(**{**part, "state": State(part["state"])}) for part in found["parts"]
        }
    except (OSError, ValueError, KeyError, TypeError):
        return [PartStatus(name) for name in NAMES]
    return [_as_it_is(parts.get(name, PartStatus(name)), keeper) for name in NAMES]


def _as_it_is(part: PartStatus, keeper: PartStatus) -> PartStatus:
    # A database of the ward's own has no process here: it counts while someone looks after it.
    if part.alive or (part.pid is None and keeper.alive):
        return part
    return replace(part, state=State.DOWN, pid=None, began=None)


def prefect_pages(parts: list[PartStatus]) -> str | None:
    """Return the address of Prefect's own pages while it runs; it is one of this machine alone."""
    for part in parts:
        if part.name == "prefect" and part.state is State.RUNNING and part.url:
            return part.url.removesuffix("/api")
    return None


def pages_address(parts: list[PartStatus]) -> str | None:
    """Return where the program's pages are while they run."""
    return next((part.url for part in parts if part.name == "web" and part.state is State.RUNNING), None)
