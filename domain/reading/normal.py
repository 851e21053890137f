"""Bring text to one form without moving its letters, so that what was read can still be quoted."""

from __future__ import annotations

import unicodedata

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u00ad→⇒⟶÷~\u02dc\u223c"
_SPACES = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t\r\f\v"
_UNSEEN = "\u200b\u200c\u200d\u2060\ufeff"
_TABLE = {
    **dict.fromkeys(map(ord, _DASHES), "-"),
    **dict.fromkeys(map(ord, _SPACES + _UNSEEN), " "),
    **dict.fromkeys(map(ord, "·●▪◦∙➢✓*■□▫‣⁃♦◆○\uf0b7\uf02d\uf0a7"), "•"),
    ord("\u2028"): "\n",
    ord("\u2029"): "\n",
    ord("ƣ"): "ư",  # what old Vietnamese fonts leave behind
    ord("Ƣ"): "ư",
}


def composed(text: str) -> str:
    """Return `text` in NFC."""
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def level(text: str) -> str:
    """Return NFC `text` in lower case with one kind of dash, space and bullet; its length stays."""
    lowered = text.translate(_TABLE).lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := char.lower()) == 1 else char for char in text.translate(_TABLE))


def fold(text: str) -> str:
    """Return `text` without diacritics and in lower case: `Hoá` and `hóa` are one."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFD", text.translate(_TABLE)).lower().replace("đ", "d")
    return "".join(char for char in parts if not unicodedata.combining(char))


def key(text: str) -> str:
    """Return the letters and digits of `text` alone, folded, words parted by one space."""
    folded = fold(text).replace("&", " va ")
    return " ".join("".join(char if char.isalnum() else " " for char in folded).split())


def squeezed(text: str) -> str:
    """Return `text` in NFC on one line with single spaces."""
    return " ".join(composed(text).split())
