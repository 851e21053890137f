"""Tell units apart in a cell: known names by their spellings, the rest by separators and first words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from domain.reading.normal import composed, fold, key, level, squeezed
from domain.reading.unit_words import begins_unit, called, goes_on_listing, names_many, same_office

_WORD = re.compile(r"[^\W_]+|&")
# What stands before an item of a list; numbers may also go on in the line.
_ITEM = re.compile(r"(?m)^[ \t]*(?:\d{1,2}[.)]|[a-zđ]\)|[-–—+•*])[ \t]*|(?<=\s)\d{1,2}[.)][ \t]+(?=[A-ZĐ])")
_ASIDE = re.compile(r"\(([^()]*)\)")
_SURE = re.compile(r"[;|]|\.{2,}|…")
_LIKELY = re.compile(r"[,/\n:.]|\s[-–—+•]|[-–—+•]\s")
_JOINERS = {"va", "cung", "voi"}
_WARD = " phường"
_HOME = re.compile(r"\b(?:phường|(?<!thị )xã|đặc khu)\b", re.IGNORECASE)
_PLACES = {"phuong", "xa", "dac"}
_MORE_PLACES = [["phuong"], ["xa"], ["dac"], ["thi"]]  # “UBND xã, phường, đặc khu”: none of them is home
_TAILS = tuple(
    tuple(words.split())
    for words in ("co lien quan", "lien quan", "truc thuoc", "thuoc ubnd", "tren dia ban", "chu tri", "thuoc")
)
_NOBODY = {"khong", "khong co"}
_LABEL = re.compile(
    r"(?:cơ quan|đơn vị|bộ phận)\s+(?:thường trực|chủ trì|phối hợp|thực hiện|tham mưu|đầu mối)[^:;\n]{0,20}:",
    re.IGNORECASE,
)
_GROUP_WORDS = {
    "phong": "department",
    "ban": "department",
    "quan": "department",
    "vi": "service",
    "tam": "service",
}
_WHOLE = 3  # so many words make a name that another may follow without a separator
_HEADS = ("Sở ", "Phòng ", "Trung tâm ", "UBND ", "Văn phòng ", "Công an ")

Similar = Callable[[str, Sequence[str]], Sequence[str]]  # those most like the first, best first


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit or group of the book: its canonical name and how else it is written."""

    name: str
    kind: str
    spellings: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()  # of a group: the kinds of unit that it stands for
    members: tuple[str, ...] = ()  # of a group: the units that people said it has


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
        return self.unit.kind == "group" if self.unit else names_many(self.name)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of unit that a group stands for."""
        if self.unit:
            return self.unit.kinds
        words = key(self.name).split()
        if "cac" not in words[:1]:
            return ()
        return tuple(dict.fromkeys(_GROUP_WORDS[word] for word in words if word in _GROUP_WORDS))


def _moved(unit: Unit, place: str) -> Unit:
    if not unit.name.endswith(_WARD):
        return unit
    return replace(unit, name=unit.name.removesuffix(_WARD) + place, spellings=(unit.name, *unit.spellings))


@dataclass(slots=True)
class UnitBook:
    """Every unit that the program knows, found by any of its spellings; of two alike the earlier counts."""

    units: tuple[Unit, ...]
    similar: Similar | None = None
    _index: dict[str, list[tuple[tuple[str, ...], Unit]]] = field(init=False, default_factory=dict)
    _by_key: dict[str, str] = field(init=False, default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        for unit in self.units:
            for spelling in (unit.name, *unit.spellings):
                words = tuple(key(spelling).split())
                if words:
                    self._index.setdefault(words[0], []).append((words, unit))
        for entries in self._index.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def at(self, home: str) -> UnitBook:
        """Return the book for documents of `home`, whose office is named after its kind of place, if any."""
        kind = _HOME.search(composed(home))
        place = f" {kind[0].lower()}" if kind else ""
        if place == _WARD or not home or not any(unit.name.endswith(_WARD) for unit in self.units):
            return self
        return UnitBook(tuple(_moved(unit, place) for unit in self.units), self.similar)

    def known(self, name: str) -> Unit | None:
        """Return the unit that is written so, or None."""
        words = tuple(key(name).split())
        return (
            next((unit for spelt, unit in self._index.get(words[0], ()) if spelt == words), None)
            if words
            else None
        )

    def matches(self, words: Sequence[str], at: int) -> Iterable[tuple[int, Unit]]:
        """Give the names that begin at a word, longest first, each with its number of words."""
        for spelt, unit in self._index.get(words[at], ()):
            if tuple(words[at : at + len(spelt)]) == spelt:
                yield len(spelt), unit

    def longest(self, words: Sequence[str], at: int) -> tuple[int, Unit] | None:
        """Return the longest name that begins at a word, with its number of words."""
        return next(iter(self.matches(words, at)), None)

    def suggestions(self, name: str) -> tuple[str, ...]:
        """Return up to three known names most like `name`, for a person to choose from."""
        if self.similar is None:
            return ()
        if not self._by_key:
            for unit in self.units:
                self._by_key |= {key(each): unit.name for each in (unit.name, *unit.spellings)}
        near = self.similar(key(name), tuple(self._by_key))
        return tuple(dict.fromkeys(self._by_key[each] for each in near))[:3]


def split_units(cell: str, book: UnitBook, home: str = "") -> list[UnitHit]:
    """Return the units that a cell names, in order.

    `home` is the office that the document is from: what names its own place adds nothing to a
    unit, while another place makes another unit.
    """
    return _Splitter(composed(cell), book, key(home)).hits()


def members_of(hit: UnitHit, named: Iterable[Unit]) -> tuple[str, ...]:
    """Return a group's units: those that people said it has, else those of its kinds among `named`."""
    if hit.unit is not None and hit.unit.members:
        return hit.unit.members
    return tuple(dict.fromkeys(unit.name for unit in named if unit.kind in hit.kinds))


class _Splitter:
    """One cell, read from left to right."""

    def __init__(self, cell: str, book: UnitBook, home: str) -> None:
        text = _ASIDE.sub(_aside, _ITEM.sub(_parting, _LABEL.sub(_parting, cell)))
        self.text, self.lowered, self.book, self.home = text, level(text), book, home
        self.places = [(match.start(), match.end()) for match in _WORD.finditer(text)]
        self.words = ["va" if text[a:b] == "&" else fold(text[a:b]) for a, b in self.places]
        first = next((char for char in text if char.isalpha()), "A")
        self.small = first.islower()

    def hits(self) -> list[UnitHit]:
        """Return the units in order."""
        found: list[UnitHit] = []
        at, before = 0, 0
        while at < len(self.words):
            if self.words[at] in _JOINERS:
                at += 1
                continue
            glued = bool(found) and at == before and not self._gap(at).strip(" ")
            known = self._known(at)
            end = known[0] if known else self._end(at)
            hit = self._hit(at, end, known[1] if known else None, glued=glued)
            if hit is not None:
                found.append(hit)
            at = before = end
        return found

    def _hit(self, at: int, end: int, unit: Unit | None, *, glued: bool) -> UnitHit | None:
        written = squeezed(self.text[self.places[at][0] : self.places[end - 1][1]])
        if unit is not None:
            return UnitHit(unit.name, written, unit, glued)
        name = called(written)
        said = any(map(str.isalpha, name)) and key(name) not in _NOBODY
        return UnitHit(name, written, None, glued) if said else None

    def _gap(self, at: int) -> str:
        """Return what stands between a word and the one before it."""
        return self.text[self.places[at - 1][1] : self.places[at][0]] if at else ""

    def _known(self, at: int) -> tuple[int, Unit] | None:
        """Return the word after the longest known name that begins here and really ends where it does."""
        for size, unit in self.book.matches(self.words, at):
            if any(_SURE.search(self._gap(each)) for each in range(at + 1, at + size)):
                continue
            end = self._past_place(at + size)
            if end > at + size or self._ends(at, end):
                return end, unit
        return None

    def _ends(self, at: int, end: int) -> bool:
        """Say whether a known name ends before word `end`: there the cell ends, or another name begins."""
        if end >= len(self.words) or _SURE.search(self._gap(end)) or "\n" in self._gap(end):
            return True
        parted = _LIKELY.search(self._gap(end)) or self.words[end] in _JOINERS
        if parted:
            if self.words[at] == "cac" and goes_on_listing(self.lowered, self.places[end][0]):
                return False
            return self._begins(at, end) or not self._goes_on(end)
        return any(True for _ in self.book.matches(self.words, end)) or self._begins(at, end)

    def _goes_on(self, at: int) -> bool:
        """Say whether a name may go on after a separator, as “Phòng Kinh tế, Hạ tầng”: with a capital."""
        after = at + 1 if self.words[at] in _JOINERS else at
        return after >= len(self.words) or self.text[self.places[after][0]].isupper() or self.small

    def _end(self, at: int) -> int:
        """Return the word after an unknown name."""
        end = at + 1
        while end < len(self.words):
            gap = self._gap(end)
            if _SURE.search(gap):
                return end
            if (_LIKELY.search(gap) or self.words[end] in _JOINERS) and self._begins(at, end):
                return end
            if not gap.strip() and self._glued(at, end):
                return end
            end += 1
        return end

    def _begins(self, at: int, end: int) -> bool:
        """Say whether a unit begins at word `end`, or after it where it only joins."""
        after = end + 1 if self.words[end] in _JOINERS else end
        if after >= len(self.words):
            return after > end
        before = self.lowered[self.places[at][0] : self.places[end - 1][1]]
        place = self.places[after][0]
        if same_office(before, self.lowered, place):
            return False
        listed = before.startswith("các ")
        if begins_unit(self.text, self.lowered, place, listed=listed, small=self.small):
            return True
        capital = self.text[place].isupper() or self.small
        return not listed and capital and any(True for _ in self.book.matches(self.words, after))

    def _glued(self, at: int, end: int) -> bool:
        """Say whether a name begins at word `end` though only space stands before it."""
        if end - at < _WHOLE or self.words[end - 1] in _JOINERS:
            return False
        if not self.text.startswith(_HEADS, self.places[end][0]):
            return False
        return self.text.startswith(_HEADS, self.places[at][0])

    def _past_place(self, at: int) -> int:
        """Return the word after what adds nothing to a unit: `… có liên quan`, `… phường Thành Đông`."""
        start = at
        for tail in _TAILS:
            after = at + len(tail)
            alone = tail == ("thuoc",) and not _PLACES.intersection(self.words[after : after + 1])
            if tuple(self.words[at:after]) == tail and not alone and not self._gap(at).strip():
                at = after
        if at >= len(self.words) or self._gap(at).strip():
            return at
        if self.words[at] not in _PLACES:  # “thuộc UBND tỉnh”: what goes on makes another unit
            return at if self.words[at] in _JOINERS or self._begins(start - 1, at) else start
        end = at + 1
        while end < len(self.words) and not self._gap(end).strip() and self.words[end] not in _JOINERS:
            if self._begins(at, end) or not self.text[self.places[end][0]].isupper():
                break
            end += 1
        listed = self.words[end : end + 1] in _MORE_PLACES and _LIKELY.search(self._gap(end))
        return end if self._is_home(at, end) and not listed else at

    def _is_home(self, at: int, end: int) -> bool:
        """Say whether a place is the document's own, or none by name."""
        name = " ".join(self.words[at + 1 : end]).removeprefix("khu").strip()
        return not name or not self.home or f" {name} " in f" {self.home} "


def _parting(mark: re.Match[str]) -> str:
    return ";" + " " * (len(mark[0]) - 1)


def _aside(aside: re.Match[str]) -> str:
    """Blank what stands in parentheses, or part it from the rest where it names units; the length stays."""
    inside = aside[1]
    start = len(inside) - len(inside.lstrip())
    if inside.strip() and begins_unit(inside, level(inside), start, listed=False, small=False):
        return f";{inside};"
    return " " * len(aside[0])
