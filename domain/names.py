"""Short names for addresses."""

from __future__ import annotations

import re
import unicodedata

_CHAIRMAN = re.compile(r"^chủ tịch\s+", re.IGNORECASE)
_COMMITTEE = re.compile(r"^(?:ubnd|uỷ ban nhân dân|ủy ban nhân dân)\b\s*", re.IGNORECASE)
_KINDS = re.compile(r"^(?:(?:phường|xã|đặc khu|thị trấn)\b)?\s*", re.IGNORECASE)


def slug(text: str) -> str:
    """Return `text` in plain letters, digits and hyphens: `Thành Đông` gives `thanh-dong`."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    letters = "".join(c for c in plain if not unicodedata.combining(c)).lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")


def ward_name(issuer: str) -> str:
    """Return the office behind an issuer, its chairman included: `UBND phường Thành Đông`."""
    name = _CHAIRMAN.sub("", " ".join(unicodedata.normalize("NFC", issuer).split()))
    return _COMMITTEE.sub("UBND ", name)


def ward_code(issuer: str) -> str:
    """Return a ward's short name from its People's Committee's name: `thanh-dong`."""
    return slug(_KINDS.sub("", _COMMITTEE.sub("", ward_name(issuer)))) or "don-vi"
