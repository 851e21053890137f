"""What a child process may meet, one misfortune for each content."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time

from domain.errors import SystemFault, WardError
from domain.plans import Finding, Severity, Source
from domain.reading.layout import Line, Row, Sheet

SHEET = Sheet(
    (
        Line("Kế hoạch\u2028năm “2026”", 1),
        Row(1, 2, ("TT", "Nội dung\nhai dòng", ""), 3, frozenset({0, 2})),
        Row(2, 1, ()),
        Line(""),
    ),
    (
        Finding("a", Severity.CHECK, "xem", "I.1", "nguồn", Source(1, 2, 3)),
        Finding("b", Severity.INFO, "biết", place=Source(1, 2)),
        Finding("c", Severity.BLOCKING, "chặn"),
    ),
    scanned=True,
)


class ScannedDocument(WardError):
    """Stand in for a layout's own refusal."""


def lay_out(data: bytes) -> Sheet:
    """Do what the content says."""
    return {
        b"sheet": lambda: SHEET,
        b"refuse": _refuse,
        b"fault": _fault,
        b"fail": _fail,
        b"spin": _spin,
        b"sleep": lambda: time.sleep(600),
        b"swell": lambda: Sheet((Line("x" * (3 << 30)),)),
        b"babble": lambda: Sheet((Line("x" * (40 << 20)),)),
        b"die": lambda: os.kill(os.getpid(), 9),
        b"exit": lambda: os._exit(0),
        b"recurse": lambda: lay_out(data),
        b"import": lambda: __import__("no_such_library"),
        b"surrogate": lambda: Sheet((Line("a\ud800b"),)),
        b"run": lambda: _after(subprocess.run([sys.executable, "-c", ""], check=True)),
        b"shell": lambda: _after(os.system("true")),
        b"fork": lambda: _after(os.fork() or os._exit(0)),
        b"connect": lambda: _after(socket.socket()),
        b"write": lambda: _after(tempfile.TemporaryFile()),
        b"secrets": lambda: Sheet(tuple(map(Line, os.environ))),
    }[data]()  # type: ignore[return-value]  # most of them never return


def _refuse() -> Sheet:
    raise ScannedDocument("a scan", "Đây là bản quét.")


def _fault() -> Sheet:
    raise SystemFault("no disk", "Ổ đĩa đầy.")


def _fail() -> Sheet:
    raise KeyError("inside the library")


def _after(_: object) -> Sheet:
    """Give a good answer after what should have been impossible."""
    return SHEET


def _spin() -> Sheet:
    while True:
        pass
