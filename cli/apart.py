"""Work done in a process of its own, so that what it imports leaves with it."""

from __future__ import annotations

import json
import os
import signal
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cli.child import die_with
from cli.supervisor import StopSignal
from domain.errors import SystemFault, WardError

Tell = Callable[[dict[str, Any]], None]


def apart(work: Callable[[Tell], None], stop: StopSignal, log: Path) -> Iterator[dict[str, Any]]:
    """Run `work`, giving what it tells as it comes; it ends early when someone says stop.

    Raises:
        SystemFault: `work` refused, with its notice; or it failed, and the log has the whole story.
    """
    parent = os.getpid()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _work(work, writer, parent, log)
    os.close(writer)
    try:
        for message in _messages(reader, stop):
            if "fault" in message:
                raise SystemFault(*message["fault"])
            yield message
    finally:
        os.close(reader)
        if stop.asked:
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    if status and not stop.asked:
        raise SystemFault(
            f"the preparation ended with {status}", f"Việc chuẩn bị cơ sở dữ liệu không xong. Nhật ký: {log}"
        )


def _messages(reader: int, stop: StopSignal) -> Iterator[dict[str, Any]]:
    pending = b""
    while not stop.asked:
        if reader not in stop.wait(1.0, reader):
            continue
        chunk = os.read(reader, 65536)
        if not chunk:
            return
        *lines, pending = (pending + chunk).split(b"\n")
        for line in lines:
            yield json.loads(line)


def _work(work: Callable[[Tell], None], writer: int, parent: int, log: Path) -> None:
    """Be the new process, to its end."""
    status = 1
    try:
        os.setsid()  # a Ctrl-C in the terminal is for the parent
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        die_with(parent)
        work(lambda message: _tell(writer, message))
        status = 0
    except WardError as refusal:
        _tell(writer, {"fault": [str(refusal), refusal.notice]})
    except BaseException:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as story:
            traceback.print_exc(file=story)
    finally:
        os._exit(status)


def _tell(writer: int, message: dict[str, Any]) -> None:
    with os.fdopen(os.dup(writer), "w", encoding="utf-8") as out:
        out.write(json.dumps(message) + "\n")
