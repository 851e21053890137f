"""Find which tasks a clause names: `nhiệm vụ số 3 mục II`, `mục II, nhiệm vụ 3`, `II.3`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.reading.normal import composed, fold

SECTION = r"(?:[ivx]+|[a-h](?:\.[ivx]+)?)"
SECTION_NOUN = r"(?:muc|phan|linh vuc|nhom)"
NUMBER = r"\d{1,3}(?:\.\d{1,3})*(?:\.[a-zđ])?"
_NUMBERS = rf"{NUMBER}(?:\s*(?:,|;|va)\s*{NUMBER})*"
_NOUN = r"(?:nhiem vu|noi dung|cong viec|so thu tu|stt|tt|dong|diem|khoan|so)"
_NUMBERED = rf"(?:cac\s+)?{_NOUN}(?:\s+(?:so|thu|thu tu))*\s*(?P<numbers>{_NUMBERS})"
_IN = r"\s*,?\s*(?:(?:tai|thuoc|cua|o)\s+)?"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"\b{_NUMBERED}{_IN}{SECTION_NOUN}\s+(?P<section>{SECTION})\b",
        rf"\b{SECTION_NOUN}\s+(?P<section>{SECTION})\s*[,;:]?\s*{_NUMBERED}\b",
        r"\b(?:(?:cac\s+)?(?:nhiem vu|noi dung|muc|stt|tt)(?:\s+so)?\s*)?"
        rf"(?P<section>[ivx]+)\.(?P<numbers>{NUMBER})\b",
        rf"\b(?:cac\s+)?nhiem vu(?:\s+(?:so|thu))+\s*(?P<numbers>{_NUMBERS})\b",
    )
)
_QUOTED = re.compile(r"“[^“”]*”|\"[^\"]*\"|‘[^‘’]*’|«[^«»]*»")
QUOTE, TASKS = "\x00", "\x01"


@dataclass(frozen=True, slots=True)
class Masked:
    """A clause whose quotations are `QUOTE` and whose task references are `TASKS`, letter by letter."""

    text: str  # as written, NFC
    quoted: str  # folded, quotations masked
    folded: str  # folded, quotations and references masked
    codes: tuple[str, ...]


def flat(text: str) -> str:
    """Return `text` without diacritics and capitals, letter by letter, so that places stay."""
    folded = fold(text)
    if len(folded) == len(text):
        return folded
    return "".join((fold(char) or " ")[:1] for char in text)


def masked(text: str) -> Masked:
    """Return a clause with its quotations and task references masked, and the codes of the tasks."""
    text = composed(text)
    quoted = _QUOTED.sub(lambda match: QUOTE * len(match[0]), flat(text))
    folded = quoted
    found: list[tuple[int, tuple[str, ...]]] = []
    for form in _FORMS:
        for match in form.finditer(folded):
            found.append((match.start(), _codes(match, text)))
        folded = form.sub(lambda match: TASKS * len(match[0]), folded)
    codes = [code for _, some in sorted(found) for code in some]
    return Masked(text, quoted, folded, tuple(dict.fromkeys(codes)))


def unquoted(text: str) -> str:
    """Return the words inside a quotation, or `text` itself, without the punctuation around them."""
    text = text.strip()
    if _QUOTED.fullmatch(text):
        text = text[1:-1]
    return text.strip(" \n\t;,.:")


def _codes(match: re.Match[str], text: str) -> tuple[str, ...]:
    named = match.groupdict()
    start, end = match.span("numbers")
    numbers = re.findall(NUMBER, flat(text[start:end]))
    letters = text[start:end].lower()
    if len(numbers) == 1 and letters[-1:] == "đ":
        numbers = [numbers[0][:-1] + "đ"]
    section = (named.get("section") or "").upper()
    return tuple(f"{section}.{number}" if section else number for number in numbers)
