"""Find what the columns of a table hold where no header says so, by what stands in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from domain.reading.grid import Columns
from domain.reading.layout import Row
from domain.reading.numbering import mark_of
from domain.reading.sentences import is_time, is_unit

_ENOUGH = 0.6  # of the rows must agree
_LEAST = 2  # rows, so that a layout table is none


def guessed_columns(rows: Sequence[Row]) -> Columns | None:
    """Return the columns of a table without a header: numbers, the work, who leads and when.

    None where the rows don't agree on a column of numbers and one of times or units.
    """
    width = max((len(row.cells) for row in rows), default=0)
    filled = [row for row in rows if sum(bool(cell.strip()) for cell in row.cells) >= 3]
    if width < 3 or len(filled) < _LEAST:
        return None
    number = _first(filled, range(1), _is_number)
    time = _first(filled, range(1, width), is_time)
    units = [at for at in range(1, width) if at != time and _share(filled, at, is_unit) >= _ENOUGH]
    free = [at for at in range(1, width) if at != time and at not in units]
    if number is None or not free or (time is None and not units):
        return None
    content = max(free, key=lambda at: sum(len(_cell(row, at)) for row in filled))
    at = {"number": number}
    at |= dict(zip(("lead", "coordinating"), units, strict=False))
    products = [place for place in free if place != content]
    if products:
        at["product"] = products[-1]
    times = () if time is None else ((time, ""),)
    return Columns(at, (content,), times, (), tuple("" for _ in range(width)))


def _is_number(text: str) -> bool:
    mark = mark_of(text)
    return mark is not None and mark.kind == "number"


def _first(rows: Sequence[Row], places: range, rule: Callable[[str], bool]) -> int | None:
    """Return the column that fits best, where enough of its cells do."""
    best = max(places, key=lambda at: _share(rows, at, rule))
    return best if _share(rows, best, rule) >= _ENOUGH else None


def _share(rows: Sequence[Row], at: int, rule: Callable[[str], bool]) -> float:
    return sum(bool(_cell(row, at)) and rule(_cell(row, at)) for row in rows) / len(rows)


def _cell(row: Row, at: int) -> str:
    return row.cells[at].strip() if at < len(row.cells) else ""
