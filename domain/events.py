"""Events: what makes two documents the same one."""

from __future__ import annotations

import re
import unicodedata
from datetime import date


def identity(doc_number: str, issuer: str, doc_date: date) -> str:
    """Return what identifies a document: number, issuer and year, since numbers start anew each year."""
    return f"{_folded(doc_number)}|{_folded(issuer)}|{doc_date.year}"


def _folded(text: str) -> str:
    text = unicodedata.normalize("NFC", text).casefold().replace("–", "-")
    return re.sub(r"\s+", " ", re.sub(r"\s*([/&-])\s*", r"\1", text)).strip()
