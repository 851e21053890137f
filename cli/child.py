"""One child process of `cchc up`: started, watched, restarted, stopped."""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from config.parts import PartStatus, State
from config.processes import started_at

LOG_LIMIT = 5_000_000
SETTLED_S = 1.0  # a part that can't say that it is ready counts as ready when it lives this long
STEADY_S = 60  # after this long without a crash, the next one counts as the first
BACK_OFF_S = (0.5, 30.0)
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


@dataclass(frozen=True, slots=True)
class Program:
    """What to run as a part, and how to see that it is ready.

    `health` is an HTTP address on this machine that answers 200 then, `ready_file` a file that
    it writes then; without either it is ready when it has run for a moment. `url` is what people are shown.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    url: str | None = None
    health: tuple[str, int, str] | None = None
    ready_file: Path | None = None
    pass_fds: tuple[int, ...] = ()


class Child:
    """Keeps one program running; every method returns at once, except `stop`."""

    def __init__(self, program: Program, log: Path) -> None:
        self.program = program
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.restarts = 0
        self.status = PartStatus(program.name, url=program.url)
        self._started = 0.0
        self._next_start = 0.0
        self._pause = BACK_OFF_S[0]

    def start(self) -> None:
        """Start the program; it dies with this process, and its output goes to the log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.trim_log()
        if self.program.ready_file:
            self.program.ready_file.unlink(missing_ok=True)
        parent = os.getpid()
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.program.command,
                env=dict(self.program.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=self.program.pass_fds,
                start_new_session=True,  # a Ctrl-C in the terminal reaches it once, through `stop`
                preexec_fn=lambda: die_with(parent),
            )
        self._started = time.monotonic()
        self._become(State.STARTING)

    def look(self) -> str | None:
        """See how it is, restart it when its time has come; return how it ended if it just did."""
        if self.process is None:
            if time.monotonic() >= self._next_start:
                self.restarts += 1
                self.start()
            return None
        ended = self.process.poll()
        if ended is not None:
            self._crashed()
            return f"tín hiệu {-ended}" if ended < 0 else f"mã {ended}"
        if self.status.state is State.STARTING and self._is_ready():
            self._become(State.RUNNING)
        return None

    def stop(self, grace: float) -> None:
        """End it and everything that it started: politely, and after `grace` seconds by force."""
        if self.process is None:
            self._become(State.DOWN)
            return
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(grace)
        self._sweep()
        self.process = None
        self._become(State.DOWN)

    def trim_log(self) -> None:
        """Keep the log small: what is too long becomes the one old log, while the program goes on writing."""
        with contextlib.suppress(OSError):
            if self.log.stat().st_size > LOG_LIMIT:
                shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
                os.truncate(self.log, 0)

    def _crashed(self) -> None:
        self._sweep()
        self.process = None
        if time.monotonic() - self._started > STEADY_S:
            self._pause = BACK_OFF_S[0]
        self._next_start = time.monotonic() + self._pause
        self._pause = min(self._pause * 2, BACK_OFF_S[1])
        self._become(State.DOWN)

    def _sweep(self) -> None:
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _is_ready(self) -> bool:
        if self.program.ready_file:
            return self.program.ready_file.exists()
        if self.program.health:
            return answers(*self.program.health)
        return time.monotonic() - self._started > SETTLED_S

    def _become(self, state: State) -> None:
        pid = self.process.pid if self.process else None
        self.status = PartStatus(
            self.program.name,
            state,
            pid,
            self.program.url,
            datetime.now(UTC).isoformat(timespec="seconds"),
            self.restarts,
            started_at(pid) if pid else None,
        )


def answers(host: str, port: int, path: str) -> bool:
    """Say whether a GET is answered with 200 within half a second."""
    connection = http.client.HTTPConnection(host, port, timeout=0.5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def die_with(parent: int) -> None:
    """Let the kernel end this new process when `parent` dies, however it dies."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the line above
        os.kill(os.getpid(), signal.SIGKILL)
