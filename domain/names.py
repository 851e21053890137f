"""Names of offices: when two spellings are one name, and short names for addresses."""

from __future__ import annotations

import re
import unicodedata

_CHAIRMAN = re.compile(r"^chủ tịch\s+", re.IGNORECASE)
_COMMITTEE = re.compile(r"^(?:ubnd|uỷ ban nhân dân|ủy ban nhân dân)\b\s*", re.IGNORECASE)
_KINDS = re.compile(r"^(?:(?:phường|xã|đặc khu|thị trấn)\b)?\s*", re.IGNORECASE)

_DASH = re.compile("[\u2010-\u2015\u2212]")
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f])*")  # letters with their marks
_TONE = re.compile("[\u0300\u0301\u0303\u0309\u0323]")  # huyền, sắc, ngã, hỏi, nặng


def folded(text: str) -> str:
    """Leave out how a name was typed: capitals, spaces, kinds of dash, and `Uỷ` for `Ủy`."""
    text = _DASH.sub("-", unicodedata.normalize("NFD", text).casefold())
    text = _WORD.sub(_tones_last, text)
    return re.sub(r"\s+", " ", re.sub(r"\s*([/&-])\s*", r"\1", text)).strip()


def _tones_last(word: re.Match[str]) -> str:
    letters = _TONE.sub("", word[0])
    return unicodedata.normalize("NFC", letters) + "".join(_TONE.findall(word[0]))


def same_committee(one: str, other: str) -> bool:
    """Tell whether two spellings name the same People's Committee."""
    return folded(ward_name(one)) == folded(ward_name(other))


def slug(text: str) -> str:
    """Return `text` in plain letters, digits and hyphens: `Thành Đông` gives `thanh-dong`."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    letters = "".join(c for c in plain if not unicodedata.combining(c)).lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")


def plain(text: str) -> str:
    """Return what people type for a text: small letters without marks, `Kế hoạch` as `ke hoach`.

    It does for one text what the database's `cchc.plain` does for many.
    """
    letters = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(char for char in letters if not unicodedata.combining(char))


def ward_name(issuer: str) -> str:
    """Return the office behind an issuer, its chairman included: `UBND phường Thành Đông`."""
    name = _CHAIRMAN.sub("", " ".join(unicodedata.normalize("NFC", issuer).split()))
    return _COMMITTEE.sub("UBND ", name)


def ward_code(issuer: str) -> str:
    """Return a ward's short name from its People's Committee's name: `thanh-dong`."""
    return slug(_KINDS.sub("", _COMMITTEE.sub("", ward_name(issuer)))) or "don-vi"
