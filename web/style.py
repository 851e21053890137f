"""The style sheet: written in parts by what they are of, sent as one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("static") / "style"
NAME = "style.css"
PARTS = ("frame", "parts", "calendar", "narrow", "desks", "pages")  # what comes later may overrule


@cache
def style() -> bytes:
    """Return the whole sheet, put together once in a process."""
    return b"\n".join((FOLDER / f"{part}.css").read_bytes() for part in PARTS)
