"""The templates, with what all of them may name."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from web import words
from web.days import short_day
from web.style import style

TEMPLATES = Path(__file__).with_name("templates")
STATIC = Path(__file__).with_name("static")


@cache
def templates() -> Environment:
    """Return the templates, each of them compiled once in a process."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        words=words,
        short_day=short_day,
        style=_version(style()),
        script=_version((STATIC / "app.js").read_bytes()),
    )
    return made


def _version(content: bytes) -> str:
    """Return what stands for the content of a file in its address."""
    return sha256(content).hexdigest()[:12]
