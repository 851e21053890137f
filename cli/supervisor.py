"""Keeps the parts of the program running until someone says stop."""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType, TracebackType
from typing import Protocol

from cli.child import Child, Program
from config.parts import NAMES, PartStatus, State, write_parts
from config.processes import started_at
from domain.errors import SystemFault
from domain.words import PARTS

STOP_ORDER = ("dispatcher", "worker", "prefect", "web")
STOP_LIMIT_S = 14.0
GRACE_S = 5.0
LOOK_S = 0.2  # while something starts
REST_S = 1.0
TRIM_S = 60.0


class Server(Protocol):
    """A database server that can be looked after."""

    def pid(self) -> int | None:
        """Return its process, or None if it does not run."""

    def start(self) -> None:
        """Start it unless it runs."""


class StopSignal:
    """Notices Ctrl-C, SIGTERM and a closed terminal; `wait` returns early for them and for a dead child."""

    def __enter__(self) -> StopSignal:
        self.asked = False
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)
        os.set_blocking(self._read, False)
        self._wakeup = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        self._former = {
            number: signal.signal(number, self._handle)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)
        }
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._former.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup)
        os.close(self._read)
        os.close(self._write)

    def wait(self, seconds: float, *files: int) -> list[int]:
        """Wait for a signal, for one of `files` or for some time; return the files that can be read."""
        ready, _, _ = select.select([self._read, *files], [], [], seconds)
        if self._read in ready:
            ready.remove(self._read)
            os.read(self._read, 4096)
        return ready

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if number != signal.SIGCHLD:
            self.asked = True


class Supervisor:
    """Looks after the database and any number of children, and writes down how they are."""

    def __init__(self, data: Path, server: Server | None, database_url: str, stop: StopSignal) -> None:
        self.data = data
        self.server = server
        self.stop_signal = stop
        self.children: dict[str, Child] = {}
        self._database = PartStatus("database", url=database_url)
        self._database_retry = 0.0
        self._written: list[PartStatus] = []
        self._trimmed = time.monotonic()
        self._over = False
        self._note_database(State.RUNNING)

    def launch(self, program: Program) -> None:
        """Start a part and look after it from now on."""
        child = Child(program, self.data / "logs" / f"{program.name}.log")
        self.children[program.name] = child
        child.start()
        self._write()

    def run(self, until: Callable[[], bool] = lambda: False) -> bool:
        """Look after the parts until `until` holds (True) or someone says stop (False)."""
        while not self.stop_signal.asked:
            self._look()
            if until():
                return True
            busy = any(part.state is not State.RUNNING for part in self._parts())
            self.stop_signal.wait(LOOK_S if busy else REST_S)
        return False

    def is_running(self, *names: str) -> bool:
        """Say whether all of these parts are ready."""
        return all(self.children[name].status.state is State.RUNNING for name in names)

    def stop(self) -> None:
        """Stop the children in order, each by force if it won't."""
        deadline = time.monotonic() + STOP_LIMIT_S
        for child in self._in_order():
            child.stop(max(0.5, min(GRACE_S, deadline - time.monotonic())))
            self._write()

    def stopped(self) -> None:
        """Write down that nothing runs any more."""
        self._over = True
        self._note_database(State.DOWN)
        self._write()

    def _look(self) -> None:
        self._look_at_database()
        for child in self.children.values():
            ended = child.look()
            if ended and _is_power_of_two(child.restarts + 1):
                name = PARTS.get(child.program.name, child.program.name)
                say(f"{name} dừng đột ngột ({ended}); đang chạy lại. Nhật ký: {child.log}")
        if time.monotonic() - self._trimmed > TRIM_S:
            self._trimmed = time.monotonic()
            for child in self.children.values():
                child.trim_log()
        self._write()

    def _look_at_database(self) -> None:
        if self.server is None or self.server.pid() or time.monotonic() < self._database_retry:
            return
        self._database_retry = time.monotonic() + 5
        self._note_database(State.DOWN)
        self._write()
        say("Cơ sở dữ liệu dừng đột ngột; đang chạy lại.")
        try:
            self.server.start()
        except SystemFault as fault:
            say(fault.notice)
            return
        self._note_database(State.RUNNING, self._database.restarts + 1)

    def _note_database(self, state: State, restarts: int | None = None) -> None:
        pid = self.server.pid() if self.server else None
        self._database = PartStatus(
            "database",
            state,
            pid,
            self._database.url,
            datetime.now(UTC).isoformat(timespec="seconds"),
            self._database.restarts if restarts is None else restarts,
            started_at(pid) if pid else None,
        )

    def _in_order(self) -> Iterable[Child]:
        known = [self.children[name] for name in STOP_ORDER if name in self.children]
        return [*(child for name, child in self.children.items() if name not in STOP_ORDER), *known]

    def _parts(self) -> list[PartStatus]:
        found = {name: child.status for name, child in self.children.items()} | {"database": self._database}
        # What isn't launched yet is waited for; afterwards there is nothing to wait for.
        missing = State.DOWN if self._over else State.STARTING
        return [found.get(name, PartStatus(name, missing)) for name in dict.fromkeys((*NAMES, *found))]

    def _write(self) -> None:
        parts = self._parts()
        if parts == self._written:
            return
        try:
            write_parts(self.data, parts)
        except OSError as problem:  # a full disk must not end what still works
            say(f"Không ghi được trạng thái các bộ phận: {problem.strerror}.")
        self._written = parts


def say(line: str) -> None:
    """Tell whoever started the program; a closed terminal is no reason to stop."""
    try:
        print(line, flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 -- stays open until the end


def _is_power_of_two(number: int) -> bool:
    return number & (number - 1) == 0
