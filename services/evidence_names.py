"""Names that a document can have in a pack, on any machine."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePath

LONGEST = 80


def pack_name(name: str) -> str:
    """Return a document's name in ASCII letters, digits, dots and dashes: `ke-hoach-quy-I.pdf`."""
    plain = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    path = PurePath(re.sub(r"[^A-Za-z0-9._-]+", "-", letters))
    stem = re.sub(r"[.-]{2,}", "-", path.stem).strip(".-_")[:LONGEST]
    ending = re.sub(r"[^A-Za-z0-9]", "", path.suffix)[:10]
    return f"{stem or 'tai-lieu'}.{ending}" if ending else stem or "tai-lieu"
