"""Read how rows and paragraphs are numbered: roman, letters, numbers, sub-letters, dashes."""

from __future__ import annotations

import re
from dataclasses import dataclass

ROMAN = r"(?:X{0,3}(?:IX|IV|V?I{1,3}|V|X))"
_WORD = r"(?:(?:PHẦN(?: THỨ)?|Phần(?: thứ)?|MỤC|Mục|NHÓM|Nhóm|CHƯƠNG|Chương|LĨNH VỰC|Lĩnh vực)\s+)"
_NUMBER = r"\d{1,3}(?:\.\d{1,3}){0,4}"
_CAPITAL = rf"{ROMAN}|[A-ZĐ]"
_CELLS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("roman", re.compile(rf"\s*{_WORD}?({ROMAN})\s*[.)/:]?\s*")),
    ("letter", re.compile(rf"\s*{_WORD}?([A-ZĐ])\s*[.)/:]?\s*")),
    ("sub", re.compile(r"\s*\(?([a-zđ])\s*[.)/]?\s*")),
    ("dash", re.compile(r"\s*([-–—+•*])\s*")),
)
_CELL_NUMBER = re.compile(
    rf"\s*(?:NV|Nhiệm vụ|Số)?\s*(?:((?:{_CAPITAL})(?:\.{ROMAN})?)\s*[.\-]\s*)?"
    rf"\(?({_NUMBER})\s*[.)/:]?\s*([a-zđ]\s*\)?)?\s*"
)
_LEADING: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "part",
        re.compile(r"\s*(?:PHỤ LỤC|Phụ lục|BIỂU|Biểu)(?:\s+số)?\s+(\w{1,4})\b[.:)\s–-]*(.*)", re.DOTALL),
    ),
    (
        "roman",
        re.compile(rf"\s*{_WORD}?({ROMAN})(?:\s*[.)/:]|\s+[-–]|\s)\s*(?=[^\W\d_])(\S.*)", re.DOTALL),
    ),
    ("letter", re.compile(rf"\s*{_WORD}?([A-ZĐ])(?:\s*[.)/:]|\s+[-–])\s*(?=[^\W\d_])(\S.*)", re.DOTALL)),
    ("section", re.compile(rf"\s*{_WORD}(\d{{1,2}})\s*[.):/]?\s+(\S.*)", re.DOTALL)),
    ("sub", re.compile(r"\s*\(?([a-zđ])\s*[.)]\s*(\S.*)", re.DOTALL)),
    ("dash", re.compile(r"\s*([-–—+•*])\s*(\S.*)", re.DOTALL)),
)
_LEADING_NUMBER = re.compile(
    rf"\s*(?:((?:{_CAPITAL})(?:\.{ROMAN})?)\.)?(?:({_NUMBER})\s*(?:[.)/:](?!\d)|\s[-–])|(\d{{1,3}}(?:\.\d{{1,3}}){{1,4}})\s)"
    r"\s*(?=[^\W\d_]|[\"“(])(\S.*)",
    re.DOTALL,
)
_SUBS = "abcdđefghijklmnopqrstuvwxyz"
_SKIPPED = "đfjwz"  # letters that some leave out


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands before a title; `prefix` is the section written before a number, as in `II.3`."""

    kind: str  # part, roman, letter, section, number, sub, dash
    value: str
    prefix: str = ""
    sub: str = ""  # the letter right after a number: 1a, 1.a


def mark_of(cell: str) -> Mark | None:
    """Return the mark that a whole cell is."""
    number = _CELL_NUMBER.fullmatch(cell)
    if number:
        return Mark("number", _plain(number[2]), number[1] or "", (number[3] or "").strip(" )"))
    for kind, rule in _CELLS:
        match = rule.fullmatch(cell)
        if match:
            return Mark(kind, match[1])
    return None


def led(text: str) -> tuple[Mark, str] | None:
    """Return the mark that a text begins with, and what follows it."""
    number = _LEADING_NUMBER.fullmatch(text)
    if number:
        return Mark("number", _plain(number[2] or number[3]), number[1] or ""), number[4].strip()
    for kind, rule in _LEADING:
        match = rule.fullmatch(text)
        if match:
            return Mark(kind, match[1]), match[2].strip()
    return None


def _plain(number: str) -> str:
    return ".".join(str(int(part)) for part in number.split("."))


def follows(before: str, after: str) -> bool:
    """Say whether a sub-letter comes next; đ, f, j, w and z may be left out."""
    if before not in _SUBS or after not in _SUBS:
        return True
    between = _SUBS[_SUBS.index(before) + 1 : _SUBS.index(after)]
    return _SUBS.index(after) > _SUBS.index(before) and all(letter in _SKIPPED for letter in between)
