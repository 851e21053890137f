"""Tell units apart in a cell: known names by their spellings, the rest by separators."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from domain.reading.normal import fold, key, squeezed

_WORD = re.compile(r"[^\W_]+|&")
_BREAK = re.compile(
    r"[;\n/]|\s[-–—+•]\s|^\s*[-–—+•]|,(?=\s*(?:các\s+)?(?:phòng|ban|trung tâm|văn phòng|công an|tổ|hội|đoàn|"
    r"ubnd|sở|chi cục|trạm|trường|các|đảng ủy|mặt trận|đài|bộ phận|thanh tra)\b)",
    re.IGNORECASE,
)
_PLACES = {"phuong", "xa", "dac"}
_TAILS = tuple(
    tuple(f"{words} {place}".split())
    for words in ("co lien quan", "lien quan", "truc thuoc", "thuoc", "thuoc ubnd", "tren dia ban")
    for place in ("phuong", "xa", "")
    if (words, place) != ("thuoc", "")
)
_GROUP_WORDS = {
    "phong": "department",
    "ban": "department",
    "quan": "department",
    "vi": "service",
    "tam": "service",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit or group of the book: its canonical name and how else it is written."""

    name: str
    kind: str
    spellings: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()  # of a group: the kinds of unit that it stands for


@dataclass(frozen=True, slots=True)
class UnitHit:
    """A unit named in a cell: `spelling` as written there, `unit` None where the book doesn't know it."""

    name: str
    spelling: str
    unit: Unit | None
    glued: bool = False  # nothing but space parts it from the one before

    @property
    def is_group(self) -> bool:
        """Say whether several units are meant."""
        return (
            self.unit.kind == "group"
            if self.unit
            else fold(self.name).startswith(("cac ", "tat ca ", "toan the "))
        )

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of unit that a group stands for."""
        if self.unit:
            return self.unit.kinds
        return tuple(
            dict.fromkeys(_GROUP_WORDS[word] for word in key(self.name).split() if word in _GROUP_WORDS)
        )


@dataclass(slots=True)
class UnitBook:
    """Every unit that the program knows, found by any of its spellings."""

    units: tuple[Unit, ...]
    _index: dict[str, list[tuple[tuple[str, ...], Unit]]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for unit in self.units:
            for spelling in (unit.name, *unit.spellings):
                words = tuple(key(spelling).split())
                self._index.setdefault(words[0], []).append((words, unit))
        for entries in self._index.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def known(self, name: str) -> Unit | None:
        """Return the unit that is written so, or None."""
        words = tuple(key(name).split())
        return (
            next((unit for spelt, unit in self._index.get(words[0], ()) if spelt == words), None)
            if words
            else None
        )

    def longest(self, words: list[str], at: int) -> tuple[int, Unit] | None:
        """Return the longest name that begins at a word, with its number of words."""
        for spelt, unit in self._index.get(words[at], ()):
            if tuple(words[at : at + len(spelt)]) == spelt:
                return len(spelt), unit
        return None

    def nearest(self, name: str) -> str | None:
        """Return the known name most like `name`, as a suggestion for a person; None where none is near."""
        from difflib import get_close_matches  # only unknown names need it

        by_key = {
            key(spelling): unit.name for unit in self.units for spelling in (unit.name, *unit.spellings)
        }
        near = get_close_matches(key(name), by_key, n=1, cutoff=0.7)
        return by_key[near[0]] if near else None


def split_units(cell: str, book: UnitBook) -> list[UnitHit]:
    """Return the units that a cell names, in order."""
    text = cell.strip()
    places = [(match.start(), match.end(), _folded_word(match[0])) for match in _WORD.finditer(text)]
    words = [word for _, _, word in places]
    hits: list[UnitHit] = []
    at, end = 0, 0
    while at < len(words):
        found = book.longest(words, at)
        if found is None or ";" in text[places[at][0] : places[at + found[0] - 1][1]]:
            at += 1
            continue
        size, unit = found
        after = _past_place(text, places, at + size, book)
        hits += _unknown(text[end : places[at][0]])
        start, stop = places[at][0], places[after - 1][1]
        glued = bool(hits) and not text[end:start].strip() and end > 0
        hits.append(UnitHit(unit.name, squeezed(text[start:stop]), unit, glued))
        at, end = after, stop
    return hits + _unknown(text[end:])


def _folded_word(word: str) -> str:
    return "va" if word == "&" else fold(word)


def _past_place(text: str, places: list[tuple[int, int, str]], at: int, book: UnitBook) -> int:
    """Return the word after what adds nothing to a unit: `… có liên quan`, `… phường Thành Đông`."""
    words = [word for _, _, word in places]
    for tail in _TAILS:
        after = at + len(tail)
        if tuple(words[at:after]) == tail and not text[places[at - 1][1] : places[at][0]].strip():
            at = after
    if at >= len(places) or places[at][2] not in _PLACES or text[places[at - 1][1] : places[at][0]].strip():
        return at
    at += 1
    while at < len(places) and not text[places[at - 1][1] : places[at][0]].strip():
        if book.longest(words, at) or not text[places[at][0]].isupper():
            break
        at += 1
    return at


def _unknown(text: str) -> list[UnitHit]:
    """Return the names between known ones, parted at separators; joining words are no names."""
    names = (squeezed(part).strip(" ,.-–—+•:()") for part in _BREAK.split(text))
    return [
        UnitHit(name, name, None)
        for name in (
            re.sub(r"^(?:và|cùng)\s+|^(?:và|cùng)$", "", name, flags=re.IGNORECASE) for name in names
        )
        if any(char.isalpha() for char in name)
    ]


def members_of(hit: UnitHit, named: Iterable[Unit]) -> tuple[str, ...]:
    """Return the units among `named` that a group stands for."""
    return tuple(dict.fromkeys(unit.name for unit in named if unit.kind in hit.kinds))
