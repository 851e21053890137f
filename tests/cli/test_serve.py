"""The process that serves pages keeps what it has loaded out of the way of the garbage collector."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import httpx

APP = """
import gc

async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": str(gc.get_freeze_count()).encode()})
"""


def test_what_was_loaded_is_not_looked_through_while_visitors_wait(tmp_path: Path) -> None:
    (tmp_path / "counting.py").write_text(APP)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port, given = listening.getsockname()[1], listening.fileno()
        command = [sys.executable, "-m", "cli.serve", "counting:app", "127.0.0.1", str(port), str(given)]
        serving = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(tmp_path)}, pass_fds=[given])
    try:
        frozen = int(httpx.get(f"http://127.0.0.1:{port}/", timeout=120, trust_env=False).text)
    finally:
        serving.terminate()
        serving.wait()

    assert frozen > 10_000
