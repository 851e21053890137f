"""What takes long, said on a terminal while it lasts."""

from __future__ import annotations

import sys
from collections.abc import Callable

_ANEW = "\r\x1b[K"  # to the line's begin, and wipe it


def progress() -> Callable[[str], None] | None:
    """Return what says on the terminal what is going on, an empty text wiping it; None without a terminal."""
    return _say if sys.stderr.isatty() else None


def _say(text: str) -> None:
    sys.stderr.write(_ANEW + text)
    sys.stderr.flush()
