"""Fitting words into Zalo: 2,000 characters, no mentions that somebody's words would make."""

from __future__ import annotations

import re
import unicodedata

from notifications.wording import length, shortened

LONGEST = 2000
_CUT = " …"
_MENTION = re.compile(r"\[([^\w\s@\[]*)@")
_UNSEEN = frozenset({"Cf", "Mn"})  # may be dropped on the way, and would then leave a mention behind
_BREAK = re.compile(r"\s")


def cleaned(text: str) -> str:
    """Return `text` in NFC, its lines kept, without what no phone shows."""
    text = text.encode("utf-8", "replace").decode().replace("\r\n", "\n")
    # Composed only afterwards: what is taken out may have stood between a letter and its marks.
    shown = "".join(c for c in text if c == "\n" or unicodedata.category(c) != "Cc")
    return unicodedata.normalize("NFC", shown).strip()


def fitted(text: str, longest: int = LONGEST) -> str:
    """Return `cleaned` text, cut between words where it is longer than `longest`.

    Characters are counted as phones do: most emoji are two.
    """
    text = cleaned(text)
    if length(text) <= longest:
        return text
    room = text.encode("utf-16-le")[: 2 * (longest - length(_CUT))].decode("utf-16-le", "ignore")
    breaks = [found.start() for found in _BREAK.finditer(room)]
    # A text without blanks near its end is no text of words: it is cut where it has to be.
    cut = breaks[-1] if breaks and breaks[-1] > len(room) // 2 else len(room)
    return room[:cut].rstrip() + _CUT


def without_mentions(text: str) -> str:
    """Return `cleaned` text with `[@…]` written apart, so that Zalo makes no mention of it."""
    return _MENTION.sub(_apart, cleaned(text))


def _apart(found: re.Match[str]) -> str:
    return "[ @" if all(unicodedata.category(c) in _UNSEEN for c in found[1]) else found[0]


def line_within(text: str, longest: int) -> str:
    """Return `text` on one line, cut between words where phones count more than `longest` characters."""
    allowed = longest
    line = shortened(text, allowed)
    while length(line) > longest:
        allowed -= 1
        line = shortened(text, allowed)
    return line
