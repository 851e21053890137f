from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from cli import child
from cli.child import Child, Program
from config.parts import State
from tests.waiting import until


def python(text: str, **more: object) -> Program:
    return Program("part", (sys.executable, "-c", text), dict(os.environ), **more)  # type: ignore[arg-type] # values of mixed types, on purpose


def look_until(watched: Child, state: State) -> None:
    def looked() -> bool:
        watched.look()
        return watched.status.state is state

    until(looked)


def test_a_part_with_a_ready_file_starts_until_it_writes_it(data: Path) -> None:
    ready = data / "ready"
    ready.touch()  # left by an earlier run: it says nothing of this one
    text = f"import pathlib, time; time.sleep(1); pathlib.Path({str(ready)!r}).touch(); time.sleep(60)"
    watched = Child(python(text, ready_file=ready), data / "part.log")
    watched.start()
    watched.look()
    assert watched.status.state is State.STARTING

    look_until(watched, State.RUNNING)

    assert ready.exists()
    watched.stop(5)


def test_a_log_stays_small_while_its_program_goes_on_writing(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "LOG_LIMIT", 1000)
    # It reads a line before it goes on: nothing may be written while the log is copied.
    say = "import time; print('x' * 2000, flush=True)"
    wait = f"go = open({str(data / 'go')!r}); go.readline(); print('after', flush=True); time.sleep(60)"
    os.mkfifo(data / "go")
    watched = Child(python(f"{say}; {wait}"), data / "part.log")
    watched.start()
    until(lambda: watched.log.stat().st_size > 2000)

    watched.trim_log()
    (data / "go").write_text("on\n")
    until(lambda: "after" in watched.log.read_text())

    assert watched.log.read_text() == "after\n"
    assert (data / "part.log.1").read_text() == "x" * 2000 + "\n"
    watched.stop(5)
