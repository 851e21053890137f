"""Find the header of a table of tasks, in one row or several, and take a row's cells by it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.reading.headings import LONGEST, aspect, heading, holds_time_and_product, period
from domain.reading.layout import Row
from domain.reading.narrowing import is_period_column, qualified
from domain.reading.normal import fold, key, squeezed
from domain.reading.numbering import mark_of

_BULLET = re.compile(r"\s*[-–—+•*]\s*\S")
_START = re.compile(r"\b(?:bat dau|tu ngay|khoi dau|tu)\b")
_END = re.compile(r"\b(?:ket thuc|hoan thanh|den ngay|den)\b")
_SINGLE = (
    "number",
    "lead",
    "shared",
    "coordinating",
    "product",
    "note",
    "leader",
    "field",
    "money",
    "measure",
)
FIELDS = ("content", "lead", "coordinating", "time", "product")


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a table hold; several may hold the content, or times."""

    at: dict[str, int]
    contents: tuple[int, ...]
    times: tuple[tuple[int, str], ...] = ()  # with what each is about
    periods: tuple[tuple[int, str], ...] = ()  # a column for each month or quarter
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def names(self) -> set[str]:
        """What is there: lead, coordinating, time, product and so on."""
        found = set(self.at)
        if "shared" in found:
            found |= {"lead", "coordinating"}
        return found | {"content"} | ({"time"} if self.times or self.periods else set())

    @property
    def read(self) -> set[int]:
        """The places of the columns that were understood."""
        return {*self.at.values(), *self.contents, *(at for at, _ in (*self.times, *self.periods))}

    @property
    def unread(self) -> list[str]:
        """The headings of the columns that were not."""
        return [text for at, text in enumerate(self.header) if text and at not in self.read]

    @property
    def is_of_tasks(self) -> bool:
        """Say whether rows can be tasks: what is to be done, and by whom or when."""
        return bool(self.contents) and bool({"lead", "time"} & self.names)

    def cells(self, row: Row) -> dict[str, str]:
        """Return a row's cells by what they hold."""
        cells = {name: _at(row, at) for name, at in self.at.items()}
        cells["content"] = ": ".join(filter(None, (_at(row, at).strip() for at in self.contents)))
        over = self._over(row)
        cells["time"] = self._time(row, over)
        if over is not None:
            cells["period"] = qualified(self.header[over], _at(row, over))
        if self.periods:
            cells["marks"] = cells["time"]
        return cells

    def words_for_marks(self, row: Row) -> list[str]:
        """Return what stands, words or a date, where a month's or a quarter's column only expects a mark."""
        said = [_at(row, at).strip() for at, _ in self.periods]
        return [text for text in said if not _is_mark(text)]

    def _over(self, row: Row) -> int | None:
        """Return the column of months or quarters beside a filled one of days."""
        written = [at for at, _ in self.times if _at(row, at).strip()]
        over = [at for at in written if is_period_column(self.header[at])]
        return over[0] if len(over) == 1 and len(written) == 2 else None

    def _time(self, row: Row, over: int | None) -> str:
        if self.periods:
            return marked_periods([(name, _at(row, at)) for at, name in self.periods])
        filled = [(at, about) for at, about in self.times if at != over]
        if len(filled) == 1:
            at = filled[0][0]
            return qualified(self.header[at], _at(row, at))
        written = [(about, _at(row, at)) for at, about in filled if _at(row, at)]
        starts = [text for about, text in written if _START.search(fold(about))]
        ends = [text for about, text in written if _END.search(fold(about)) and text not in starts]
        if len(written) == 2 and starts and ends:
            return f"từ {starts[0]} đến {ends[0]}"
        if len(written) == 1 and starts:
            return f"từ {starts[0]}"
        if len(written) == 1:
            return qualified(written[0][0], written[0][1])
        return "\n".join(f"- {about} {text}".replace("  ", " ") for about, text in written)


def _at(row: Row, at: int) -> str:
    return row.cells[at] if at < len(row.cells) else ""


def _is_mark(text: str) -> bool:
    """Say whether a cell only marks its column: a cross, a tick, a day of the month, a share."""
    bare = text.strip(" ().*")
    return bare.lower() in {"x", "v"} or not ("/" in bare or any(letter.isalpha() for letter in bare))


def marked_periods(marks: Sequence[tuple[str, str]]) -> str:
    """Return the time that marks in columns of months or quarters stand for."""
    named = [(at, name, mark.strip()) for at, (name, mark) in enumerate(marks) if mark.strip(" -–0")]
    if not named:
        return ""
    days = [mark for _, name, mark in named if mark.isdigit() and name.startswith("tháng")]
    if len(days) == len(named):
        return "; ".join(f"ngày {mark} {name}" for _, name, mark in named)
    places = [at for at, _, _ in named]
    word, _, first = named[0][1].partition(" ")
    if len(named) == 1:
        return f"{word} {first}"
    if places == list(range(places[0], places[-1] + 1)):
        return f"từ {named[0][1]} đến {named[-1][1]}"
    return f"{word} {', '.join(name.partition(' ')[2] for _, name, _ in named)}"


@dataclass(slots=True)
class _Found:
    at: dict[str, int] = field(default_factory=dict)
    strong: list[int] = field(default_factory=list)
    weak: list[int] = field(default_factory=list)
    times: list[tuple[int, str]] = field(default_factory=list)
    periods: list[tuple[int, str]] = field(default_factory=list)

    def columns(self, header: tuple[str, ...], rows: Sequence[Row]) -> Columns:
        """Return the columns; subjects count where no column names the work itself."""
        if "lead" not in self.at and "leader" in self.at and "shared" not in self.at:
            self.at["lead"] = self.at["leader"]
        contents = self.strong or self.weak[:1]
        if not contents and "field" in self.at:
            contents = [self.at["field"]]
        written = tuple(tuple(row.cells) for row in rows)
        return Columns(self.at, tuple(contents), tuple(self.times), tuple(self.periods), header, written)


def header_at(rows: Sequence[Row]) -> tuple[Columns, int] | None:
    """Return the columns that the first rows head, and how many rows the header takes."""
    if not rows or not _may_head(rows[0].cells):
        return None
    size = 1
    while size < min(3, len(rows)) and _goes_on(rows[:size], rows[size]):
        size += 1
    for taken in range(size, 0, -1):
        columns = _columns(rows[:taken])
        if columns is not None:
            return columns, taken
    return None


def _may_head(cells: Sequence[str]) -> bool:
    said = [cell for cell in cells if cell.strip()]
    if len(said) < 2 or any(len(cell) > 2 * LONGEST for cell in said):
        return False
    first = mark_of(said[0])
    if first is not None or _BULLET.match(said[0]):
        return False
    named = [heading(cell) for cell in said]
    known = sum(name is not None or period(cell) is not None for name, cell in zip(named, said, strict=True))
    return known * 5 >= len(said) * 3 and any(name in {"content", "subject", "field"} for name in named)


def _goes_on(above: Sequence[Row], row: Row) -> bool:
    """Say whether a row divides the headings above: `Chủ trì`, `Phối hợp` under `Cơ quan thực hiện`."""
    said = [(at, cell) for at, cell in enumerate(row.cells) if cell.strip()]
    if len(said) < 2 and not (said and row.below):
        return False
    if any(_BULLET.match(cell) or len(cell) > LONGEST for _, cell in said):
        return False
    top = above[0].cells
    if any(at < len(top) and heading(top[at]) in {"number", "content", "subject"} for at, _ in said):
        return False
    return all(heading(cell) is not None or period(cell) is not None for _, cell in said)


def _columns(rows: Sequence[Row]) -> Columns | None:
    width = max(len(row.cells) for row in rows)
    found, header = _Found(), []
    groups = [_spread(row, width, below=rows[at + 1 :]) for at, row in enumerate(rows)]
    numbered = sum(period(group[at]) is not None for group in groups[-1:] for at in range(width)) >= 3
    for at in range(width):
        stack = [group[at] for group in groups if group[at]]
        header.append(squeezed(" ".join(stack)))
        _name(found, at, stack, numbered=numbered)
    columns = found.columns(tuple(header), rows)
    return columns if columns.is_of_tasks and len(columns.names) >= 2 else None


def _spread(row: Row, width: int, below: Sequence[Row]) -> list[str]:
    """Return a header row's cells with each group repeated over the columns that are divided below it."""
    cells = [_at(row, at).strip() for at in range(width)]
    for at in range(1, width):
        divided = any(_at(other, at).strip() for other in below)
        if not cells[at] and divided and at not in row.below:
            cells[at] = cells[at - 1]
    return cells


def _name(found: _Found, at: int, stack: list[str], *, numbered: bool) -> None:
    """File a column under the lowest of its headings that says what it holds."""
    if not stack:
        return
    lowest = period(stack[-1]) if numbered else None
    if lowest is not None:
        found.periods.append((at, lowest))
        return
    name = next((named for text in reversed(stack) if (named := heading(text))), None)
    if len(stack) > 1 and heading(stack[0]) == "time" and name in {"content", "subject", "product", "lead"}:
        name = "time"  # `Báo cáo` under `Thời hạn`
    if name == "time" or any(holds_time_and_product(text) for text in stack):
        found.times.append((at, aspect(stack[-1])))
    if name == "content":
        found.strong.append(at)
    elif name == "subject":
        found.weak.append(at)
    elif name in _SINGLE:
        found.at.setdefault(name, at)


def is_repeat(columns: Columns, cells: Sequence[str]) -> bool:
    """Say whether a row is one of the header's, on a new page: most of its cells are the same."""
    said = {key(cell) for cell in cells if cell.strip()}
    if len(said) < 2:
        return False
    return any(len(said & {key(cell) for cell in row}) * 4 >= len(said) * 3 for row in columns.rows)


def is_column_numbers(cells: Sequence[str]) -> bool:
    """Say whether a row only numbers the columns: (1) (2) (3), or A B 1 2 3."""
    said = [cell.strip("() .[]") for cell in cells if cell.strip()]
    if len(said) < 3:
        return False
    while said and said[0] in {"A", "B", "C"} and len(said) > 2:
        said = said[1:]
    if len(said) < 2 or not all(cell[:2].strip("=").isdecimal() and len(cell) < 12 for cell in said):
        return False
    numbers = [int(match[0]) for cell in said if (match := re.match(r"\d{1,2}", cell, re.ASCII))]
    return len(numbers) == len(said) and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
