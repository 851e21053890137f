"""The whole program as its users run it, for tests that promise something of all of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from config.parts import read_parts
from tests.ports import free_port
from tests.waiting import LONGEST_S

CCHC = Path(sys.executable).with_name("cchc")

# Loaded by every Python process of the program: writes down each address that is not this machine's.
WATCH = """
import os, sys
def hook(event, args):
    if event == "socket.connect":
        address = args[1]
        outside = isinstance(address, tuple) and not str(address[0]).startswith(("127.", "::1"))
    elif event == "socket.getaddrinfo":
        address = args[0]
        outside = str(address) not in ("None", "localhost", "127.0.0.1", "::1", os.uname().nodename)
    else:
        return
    if outside:
        with open(os.environ["WATCH_FILE"], "a") as file:
            print(event, address, sys.argv, file=file)
sys.addaudithook(hook)
"""


class Whole:
    """One `cchc up` with a data folder of its own."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.data = data
        self.port = free_port()
        self.watched = data / "outside.txt"
        watch = data / "watch"
        watch.mkdir(parents=True)
        (watch / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("CCHC_", "PREFECT_"))
        }
        self.environment = {
            **kept,
            "CCHC_DATA": str(data),
            "CCHC_PORT": str(self.port),
            "CCHC_PREFECT_PORT": str(free_port()),
            "PYTHONPATH": str(watch),
            "WATCH_FILE": str(self.watched),
            **settings,
        }
        self.process: subprocess.Popen[str] | None = None
        self.log = data / "up.txt"

    def start(self) -> None:
        """Start `cchc up`, as in a terminal of its own."""
        with self.log.open("a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [CCHC, "up"], env=self.environment, stdout=log, stderr=log, text=True, start_new_session=True
            )

    def stop(self) -> int:
        """Press Ctrl-C; return the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=LONGEST_S)

    def run(self, *words: str, code: int = 0) -> str:
        """Run a command, expect this exit code, and return what it printed."""
        done = subprocess.run(
            [CCHC, *words], env=self.environment, capture_output=True, text=True, timeout=240, check=False
        )
        assert done.returncode == code, f"{words}: {done.returncode}\\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def read(self, *words: str, code: int = 0) -> Any:
        """Run a command with --json and return the object."""
        return json.loads(self.run(*words, "--json", code=code))

    def parts(self) -> dict[str, dict[str, Any]]:
        """Return the parts by name, as they stand in the file that `cchc status` reads."""
        return {part.name: asdict(part) for part in read_parts(self.data)}

    def kill(self, part: str) -> None:
        """Kill a part with signal 9."""
        os.kill(self.parts()[part]["pid"], signal.SIGKILL)

    def all_run(self) -> bool:
        """Tell whether every part runs."""
        return all(part["state"] == "running" for part in self.parts().values())

    def page(self, path: str = "/") -> str:
        """Return a page."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=LONGEST_S) as answer:
            text: str = answer.read().decode()
            return text

    def prefect(self, path: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
        """Ask Prefect's API."""
        url = f"{self.parts()['prefect']['url']}{path}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            url, data=data, headers={"Content-Type": "application/json", **headers}
        )
        with urllib.request.urlopen(request, timeout=LONGEST_S) as answer:
            return json.loads(answer.read())


def until(true: Callable[[], object], what: str, seconds: float = LONGEST_S) -> None:
    """Wait until something is true; fail by name if it does not become so."""
    end = time.monotonic() + seconds
    problem: Exception | None = None
    while time.monotonic() < end:
        try:
            if true():
                return
        except (OSError, ValueError, KeyError) as error:  # not there yet
            problem = error
        time.sleep(0.1)
    raise AssertionError(f"not in {seconds} s: {what} ({problem})")
