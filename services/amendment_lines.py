"""An amendment as lines that a person reads: what each task said and says, and what becomes of its work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from domain.differences import FIELD_NAMES
from domain.plans import STAGE_NAMES
from services.proposals import ProposedChange

KINDS = {"changed": "sửa đổi", "added": "bổ sung", "withdrawn": "đưa ra khỏi kế hoạch"}


class Line(NamedTuple):
    """One line of the comparison; `code` stands only in a task's first one."""

    code: str
    what: str
    before: str
    after: str


def lines_of(proposed: ProposedChange) -> Iterator[Line]:
    """Yield a task's lines: what it says, then what happens to its occurrences."""
    change = proposed.change
    before, after = change.before, change.after
    yield Line(
        change.code,
        KINDS[change.kind.value],
        before.title[:60] if before else "",
        after.title[:60] if after else "",
    )
    if before and after and before.code != after.code:
        yield Line("", "Số thứ tự", before.code, after.code)
    if before is None and after is not None:
        yield Line("", "Chủ trì, thời gian", "", f"{'; '.join(after.lead_units)}; {after.time_text}")
    for each in change.fields:
        yield Line("", FIELD_NAMES[each.field], each.before or "—", each.after or "—")
    yield from _of_occurrences(proposed)


def _of_occurrences(proposed: ProposedChange) -> Iterator[Line]:
    moves = proposed.moves
    named = {each.id: f"{each.label} · {each.unit}" for each in proposed.occurrences.values()}
    for due in moves.dues:
        what = f"Hạn {STAGE_NAMES[due.stage].lower()}, {named[due.occurrence]}"
        yield Line("", what, _day(due.former), _day(due.due))
    for occurrence, unit in moves.handed_over:
        yield Line("", "Chuyển kỳ", named[occurrence], unit)
    for occurrence in moves.cancelled:
        yield Line("", "Huỷ kỳ", named[occurrence], "")
    for occurrence in moves.kept:
        yield Line("", "Giữ kỳ đang làm", named[occurrence], named[occurrence])
    for occurrence in moves.revived:
        yield Line("", "Đưa kỳ trở lại", "đã huỷ", named[occurrence])
    for planned in moves.planned:
        yield Line("", "Thêm kỳ", "", f"{planned.label}, mở {_day(planned.opens_on)}")


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else "—"
