"""Runs `cchc up` on small programs in place of the real ones: `stand_ins.py DATA PORT WHAT-THE-WORKER-DOES`.

What is tested with them is who starts, watches and stops them.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from cli.child import Program
from cli.programs import Place
from cli.up import run
from config.settings import Settings
from domain.errors import SystemFault

PAGE = """
import socket, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"ok")
    def log_message(self, *words): pass
descriptor, port = map(int, sys.argv[1:])
server = HTTPServer(("127.0.0.1", port), Page, bind_and_activate=not descriptor)
if descriptor:
    server.socket = socket.socket(fileno=descriptor)
server.serve_forever()
"""
SLEEP = "import time; time.sleep(600)"
WORKERS = {
    "sleeps": SLEEP,
    "is stubborn": f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}",
    # A child of the child must be gone in the end, too.
    "has a child": f"import os, subprocess; subprocess.Popen(['sleep', os.environ['CHILD_SLEEPS']]); {SLEEP}",
}


@dataclass
class FirstRun:
    """What a first start says."""

    lines: tuple[str, ...] = ("Tài khoản đầu tiên: quantri",)


def prepare(settings: Settings, database_url: str) -> FirstRun:
    """Do nothing, or refuse."""
    if os.environ.get("REFUSE"):
        raise SystemFault("refused", "Không chuẩn bị được.")
    if os.environ.get("BREAK"):
        raise ZeroDivisionError
    return FirstRun()


def programs(place: Place, worker: str) -> dict[str, Program]:
    """Return stand-ins for the four parts."""

    def python(name: str, text: str, *words: object, port: int = 0, fds: tuple[int, ...] = ()) -> Program:
        health = ("127.0.0.1", port, "/") if port else None
        command = (sys.executable, "-c", text, *map(str, words))
        return Program(name, command, dict(os.environ), url=f":{port}", health=health, pass_fds=fds)

    # What lives for a second counts as ready, so this one must end sooner on the slowest machine.
    crashing = Program("worker", ("/bin/sh", "-c", "exit 7"))
    web = place.web_socket
    return {
        "prefect": python("prefect", PAGE, 0, place.prefect_port, port=place.prefect_port),
        "web": python("web", PAGE, web, place.port, port=place.port, fds=(web,)),
        "worker": crashing if worker == "crashes" else python("worker", WORKERS[worker]),
        "dispatcher": python("dispatcher", SLEEP),
    }


if __name__ == "__main__":
    folder, web_port, does = sys.argv[1:]
    elsewhere = SecretStr(os.environ["ELSEWHERE"]) if "ELSEWHERE" in os.environ else None
    try:
        chosen = Settings(
            data=Path(folder), port=int(web_port), database_url=elsewhere, owner_database_url=None
        )
        run(chosen, prepare, lambda place: programs(place, does))
    except SystemFault as fault:
        print(fault.notice)
        sys.exit(3)
