"""Read tasks from paragraphs: numbered items with labels, assignments in sentences, units with duties."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.plans import Source
from domain.reading.drafts import Entry
from domain.reading.labels import labelled
from domain.reading.layout import Line, Row
from domain.reading.normal import fold, squeezed
from domain.reading.numbering import Mark, led
from domain.reading.sentences import assignment_in, unit_heading
from domain.reading.units import UnitBook

_PAGE = re.compile(r"\s*(?:[-–—]\s*)?(?:trang\s*)?\d{1,3}(?:\s*/\s*\d{1,3})?(?:\s*[-–—])?\s*", re.IGNORECASE)
_END = re.compile(r"[.;:!?]\W*$|\./\.?\W*$")
_RANKS = {"part": 0, "roman": 1, "letter": 1, "section": 2, "number": 3, "sub": 9, "dash": 10}
_PLAIN = 11
_IDLE = re.compile(
    r"\b(?:muc dich|yeu cau|can cu|quan diem|muc tieu|pham vi|doi tuong|kinh phi|nguyen tac|thuc trang"
    r"|danh gia|chi tieu|dac diem|tinh hinh|ket qua (?:dat|thuc hien)|ton tai|han che|nguyen nhan|noi nhan)\b"
)
_LATER = re.compile(r"\b(?:to chuc thuc hien|che do (?:thong tin )?bao cao|thong tin,? bao cao|dieu khoan)\b")
_CLOSING = re.compile(r"\W*(?:nơi nhận\s*:|tm\.\s|kt\.\s)", re.IGNORECASE)
_FULL = 60  # a printed line of this length goes on in the next one
_WHO = {"lead", "shared"}
_TASKLIKE = {*_WHO, "time"}


@dataclass(slots=True)
class Item:
    """A numbered paragraph, what its labels say, and where it stands below others."""

    mark: Mark | None
    text: str
    place: Source
    above: Item | None = None
    cells: dict[str, str] = field(default_factory=dict)
    below: list[Item] = field(default_factory=list)
    first: Item | None = None  # where its own text and the place of its first `Nhiệm vụ: …` are kept

    @property
    def rank(self) -> int:
        """How deep its number stands; 1.2 is below 1."""
        if self.mark is None:
            return _PLAIN
        return _RANKS[self.mark.kind] + (self.mark.value.count(".") if self.mark.kind == "number" else 0)

    @property
    def is_task(self) -> bool:
        """Say whether it says who or when."""
        return bool(_TASKLIKE & self.cells.keys())

    def over(self) -> list[Item]:
        """Return the items that it stands below, the nearest first."""
        found, item = list[Item](), self.above
        while item is not None:
            found.append(item)
            item = item.above
        return found


@dataclass(slots=True)
class Prose:
    """What the paragraphs give: entries for an outline, and duties that were left out."""

    entries: list[Entry]
    labelled: list[Item]
    guessed: list[Item]
    left_out: list[Item]


def prose_of(blocks: Sequence[Line | Row], book: UnitBook, *, sentences: bool) -> Prose:
    """Return the tasks that a document's paragraphs hold; `sentences` asks for those without labels too."""
    items = _items(placed_paragraphs(blocks))
    with_labels = [item for item in items if item.is_task]
    guessed, duties = _assigned(items, book) if sentences else ([], [])
    later = [item for item in guessed if _within(item, _LATER)]
    early = [item for item in guessed if not _within(item, _LATER)]
    if with_labels:
        early, later = [], guessed
    elif not early:
        early, later = later, []
    if not any(item.cells.get(who) for item in (*with_labels, *early) for who in _WHO):
        early, later = [], guessed  # sentences that charge nobody make no plan
    tasks = [*with_labels, *early]
    return Prose(_entries(items, tasks), with_labels, early, [*later, *duties])


def paragraphs_of(blocks: Sequence[Line | Row]) -> list[str]:
    """Return a document's paragraphs outside its tables, whole where lines were printed."""
    return [text for text, _ in placed_paragraphs(blocks)]


def placed_paragraphs(blocks: Sequence[Line | Row]) -> list[tuple[str, Source]]:
    """Return the paragraphs with their places; printed lines are put together, over page numbers."""
    found: list[tuple[str, Source]] = []
    last, blank = "", True
    for at, block in enumerate(blocks, start=1):
        text = block.text if isinstance(block, Line) else ""
        shown = squeezed(text.replace("**", ""))
        if not shown or _PAGE.fullmatch(shown):
            blank = blank or not shown
            continue
        place = Source(0, at, block.page)
        if found and (not blank or shown[:1].islower()) and _goes_on(found[-1][0], last, shown):
            found[-1] = f"{found[-1][0]} {shown}", found[-1][1]
        else:
            found.append((shown, place))
        last, blank = shown, False
    return found


def _goes_on(paragraph: str, last: str, line: str) -> bool:
    """Say whether a line continues the paragraph before it."""
    if led(line) is not None or _CLOSING.match(line) or (labelled(line)[1][:1] and not labelled(line)[0]):
        return False
    if _END.search(paragraph):
        return False
    if line[:1].islower() or line[:1] in "(,;)":
        return True
    return len(last) >= _FULL and not line.isupper() and not last.isupper()


def _items(paragraphs: list[tuple[str, Source]]) -> list[Item]:
    builder = _Builder()
    for text, place in paragraphs:
        if _CLOSING.match(text):
            builder.current = None
            continue
        builder.take(text, place)
    return builder.items


class _Builder:
    """The items read so far, and the one that labels belong to."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.current: Item | None = None
        self.open: tuple[str, Mark | None] | None = None  # a label whose text follows in lines of its own
        self.order: list[str] = []

    def take(self, text: str, place: Source) -> None:
        """Take one paragraph."""
        found = led(text)
        mark, said = found or (None, text)
        before, values = labelled(said)
        if not values:
            if not self._lists(mark, said):
                self._add(Item(mark, said, place))
            return
        self.open = None
        names = {name for name, _ in values}
        if before:
            self._add(Item(mark, before, place))
        elif "content" in names:
            self._content(mark, values, place)
        elif self.current is None:
            self._add(Item(mark, "", place))
        for name, value in values:
            self._say(name, value)
        if not values[-1][1]:
            self.open = values[-1][0], mark

    def _lists(self, mark: Mark | None, said: str) -> bool:
        """Add a line to the label above that was left open, as in `- Thời gian:` and `+ Quý I …`."""
        if self.open is None or self.current is None:
            return False
        name, opening = self.open
        same = (
            mark is not None
            and opening is not None
            and (mark.kind, mark.value) == (opening.kind, opening.value)
        )
        if mark is None or mark.kind != "dash" or same:
            self.open = None
            return False
        self._say(name, f"- {said.rstrip(' ;.')}")
        return True

    def _content(self, mark: Mark | None, values: list[tuple[str, str]], place: Source) -> None:
        """Begin a task at `Nhiệm vụ: …`; below a number without labels it tells what that number is."""
        current = self.current
        part = mark is None or mark.kind in {"sub", "dash"}
        if part and current is not None and current.mark is not None and current.rank >= _RANKS["number"]:
            if not current.cells and current.first is None:
                current.first = Item(mark, current.text, place)
                current.text = ""
                return
            if current.first is not None:
                self._part(current)
        self._add(Item(mark, "", place))

    def _part(self, item: Item) -> None:
        """Make what a number's first `Nhiệm vụ: …` said a part of its own, as a second one follows."""
        part, item.first = item.first, None
        if part is None:
            return
        item.text, part.text = part.text, item.text
        part.cells, item.cells = item.cells, {}
        self._add(part)

    def _say(self, name: str, value: str) -> None:
        item = self.current
        if item is None:
            return
        if name == "content":
            item.text = squeezed(f"{item.text} {value}")
        elif item.cells.get(name):
            item.cells[name] = f"{item.cells[name]}\n{value}".strip()
        else:
            item.cells[name] = value

    def _add(self, item: Item) -> None:
        self.open = None
        above = self.items[-1] if self.items else None
        while above is not None and not self._is_above(above, item):
            above = above.above
        item.above = above
        if above is not None:
            above.below.append(item)
        self.items.append(item)
        self.current = item

    def _is_above(self, above: Item, item: Item) -> bool:
        """Say whether one item can hold another; of A and I, the kind that came first is outside."""
        if above.mark is None:
            return False
        for each in (above, item):
            if each.mark and each.mark.kind in {"roman", "letter"} and each.mark.kind not in self.order:
                self.order.append(each.mark.kind)
        if item.mark and {above.mark.kind, item.mark.kind} == {"roman", "letter"}:
            return self.order.index(above.mark.kind) < self.order.index(item.mark.kind)
        return above.rank < item.rank


def _within(item: Item, rule: re.Pattern[str]) -> bool:
    return any(rule.search(fold(over.text)) for over in item.over() if len(over.text) < 160)


def _assigned(items: list[Item], book: UnitBook) -> tuple[list[Item], list[Item]]:
    """Return the items without labels whose sentence gives work to a unit or by a time, and mere duties."""
    found, duties = list[Item](), list[Item]()
    for item in items:
        if item.is_task or item.mark is None or item.rank < _RANKS["number"] or _within(item, _IDLE):
            continue
        if item.below and (unit := unit_heading(item.text, book)):
            item.cells["heading"] = unit
        elif not any(below.is_task for below in item.below):
            _assign(item, book, found, duties)
    if not found:
        for item in items:
            said = assignment_in(item.text, book) if item.mark is None and not item.is_task else None
            if said and said.lead and said.time:
                _assign(item, book, found, duties)
    return found, duties


def _assign(item: Item, book: UnitBook, found: list[Item], duties: list[Item]) -> None:
    """Fill an item from its sentence; without a time and without `giao` it is only a duty."""
    said = assignment_in(item.text, book)
    owner = next((over.cells["heading"] for over in item.over() if "heading" in over.cells), "")
    if said.time or (said.ordered and not owner):
        item.text = said.title
        lead = said.lead or owner
        item.cells |= {"lead": lead, "coordinating": said.coordinating, "time": said.time}
        found.append(item)
    elif said.lead or owner:
        duties.append(item)


def _entries(items: list[Item], tasks: list[Item]) -> list[Entry]:
    """Return the tasks and the items above them as entries."""
    chosen = {id(item) for item in tasks}
    needed = chosen | {id(over) for item in tasks for over in item.over()}
    entries = []
    for item in items:
        if id(item) not in needed:
            continue
        cells = {"content": squeezed(item.text).strip(" *_:")}
        title = id(item) not in chosen
        if not title:
            cells |= item.cells
            cells["content"] = cells["content"].rstrip(" .;")
        entries.append(Entry(item.mark, cells, item.place, title=title))
    return entries
