"""What people type: letters that nobody sees but that change what others read."""

from __future__ import annotations

import re

# They turn the order of letters round, so that a text says something else than it holds.
UNSEEN = re.compile("[\u202a-\u202e\u2066-\u2069]")


def unturned(text: str) -> str:
    """Return a text without the letters that turn a line round."""
    return UNSEEN.sub("", text)
