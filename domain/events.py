"""Events: what makes two documents the same one."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

_DASH = re.compile("[\u2010-\u2015\u2212]")
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f])*")  # letters with their marks
_TONE = re.compile("[\u0300\u0301\u0303\u0309\u0323]")  # huyền, sắc, ngã, hỏi, nặng


def identity(doc_number: str, issuer: str, doc_date: date) -> str:
    """Return what identifies a document: number, issuer and year, since numbers start anew each year."""
    return f"{_folded(doc_number)}|{_folded(issuer)}|{doc_date.year}"


def _folded(text: str) -> str:
    """Leave out how it was typed: capitals, spaces, kinds of dash, and `Uỷ` for `Ủy`."""
    text = _DASH.sub("-", unicodedata.normalize("NFD", text).casefold())
    text = _WORD.sub(_tones_last, text)
    return re.sub(r"\s+", " ", re.sub(r"\s*([/&-])\s*", r"\1", text)).strip()


def _tones_last(word: re.Match[str]) -> str:
    letters = _TONE.sub("", word[0])
    return unicodedata.normalize("NFC", letters) + "".join(_TONE.findall(word[0]))
