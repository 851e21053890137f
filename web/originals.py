"""The words of a document as they stand in it, with those that are doubtful marked."""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup, escape

LONGEST_MARK = 500  # characters that are looked for; longer quotes are the whole cell anyway


def marked(text: str, words: str) -> Markup:
    """Return `text` for a page with `words` marked wherever they stand, however they are spaced or broken."""
    text = unicodedata.normalize("NFC", text)
    sought = unicodedata.normalize("NFC", words).rstrip("…").split()
    if not sought or len(words) > LONGEST_MARK:
        return escape(text)
    pattern = re.compile(r"\s+".join(map(re.escape, sought)), re.IGNORECASE)
    parts: list[str] = []
    end = 0
    for match in pattern.finditer(text):
        parts += [escape(text[end : match.start()]), "<mark>", escape(match[0]), "</mark>"]
        end = match.end()
    return Markup("".join([*parts, escape(text[end:])]))  # noqa: S704 - every piece of it was escaped


def holds(text: str, words: str) -> bool:
    """Tell whether the words stand in the text."""
    return "<mark>" in marked(text, words)
