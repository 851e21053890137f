"""Find labels in prose: `Cơ quan chủ trì: …; thời gian: …`, each with what it is followed by."""

from __future__ import annotations

import re

from domain.reading.headings import heading
from domain.reading.normal import key

_NAMES = {"lead", "shared", "coordinating", "time", "product", "content", "money", "note"}
# A label is made of these words alone, so that no unit's or task's name is taken for one.
_VOCABULARY = (
    "ban bang bao bat bo can cap cac chi chinh chiu chu co con cong cu cuoi dao dat dau de den do "
    "don dong du duoc gian giao ghi han hien hinh ho hoan hoac hoat hop ke ket khai kien kinh ky lam "
    "lo luu ly moc moi muc muu nam ngan ngay nghi nguoi nguon nhan nhiem noi nop o phan pham phi "
    "phoi phong phu quan quy qua sach san so ten tham thang thanh the thoi thu thuc tich tien tiep "
    "to tong tra trach tri trien trinh truc tu tung va vien ve vi viec vu xong xu y yeu"
)
_WORDS = frozenset(_VOCABULARY.split())
_LONGEST = 60
_MARK = re.compile(r"^\s*(?:[a-zđ]\s*[.)]|[-–—+•*]|\d{1,2}\s*[.)])\s*")
_DATED = re.compile(
    r"\d\s*[/.-]\s*\d|\b(?:tháng|quý|năm)\s+(?:\d|[IV]+\b)", re.IGNORECASE
)  # no label, a time itself
_BOUNDS = (".", ";", "(", "\n", " - ", " – ", " + ")


def label(text: str) -> str | None:
    """Return what a label's words name; None where they are no label."""
    words = key(text).split()
    if not words or len(words) > 10 or _DATED.search(text):
        return None
    name = heading(text)
    known = all(word in _WORDS or word.isdigit() for word in words)
    return name if known and name in _NAMES else None


def labelled(text: str) -> tuple[str, list[tuple[str, str]]]:
    """Return what stands before the first label, and each label's name with its text."""
    found: list[tuple[int, int, str]] = []
    for at, char in enumerate(text):
        if char != ":":
            continue
        start = _start(text, at, found[-1][1] if found else 0)
        if start is not None:
            name = label(_MARK.sub("", text[start:at]).lstrip("([ "))
            if name:
                found.append((start, at + 1, name))
    if not found:
        return text.strip(), []
    ends = [start for start, _, _ in found[1:]] + [len(text)]
    values = [(name, _trimmed(text[first:end])) for (_, first, name), end in zip(found, ends, strict=True)]
    return text[: found[0][0]].strip(" .;,-–(\n"), values


def _start(text: str, colon: int, after: int) -> int | None:
    """Return where the words of a possible label before a colon begin."""
    window = text[max(after, colon - _LONGEST) : colon]
    base = colon - len(window)
    places = [window.rfind(bound) + len(bound) for bound in _BOUNDS if bound in window]
    starts = [base + max(places, default=0)]
    if "," in window:
        starts.append(base + window.rfind(",") + 1)
    if not places and base > after:
        starts = starts[1:]
    return next((start for start in starts if label(_MARK.sub("", text[start:colon]).lstrip("([ "))), None)


def _trimmed(value: str) -> str:
    shown = value.strip().removesuffix("/.").rstrip(" ;,-–\n")
    shown = shown.removesuffix(".") if not shown.endswith("..") else shown
    return shown if shown.count("(") >= shown.count(")") else shown.removesuffix(")")
