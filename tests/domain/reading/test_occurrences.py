from __future__ import annotations

from datetime import date

import pytest

from domain.plans import Stage, TaskKind
from domain.reading.occurrences import occurrences_of
from domain.reading.regime import reports_of
from domain.reading.times import read_time

ISSUED = date(2026, 1, 14)


def dues(text: str) -> list[str]:
    milestones, _ = read_time(text, year=2026, issued_on=ISSUED)
    found = occurrences_of(TaskKind.RECURRING, milestones, reports_of([], 2026), ISSUED)
    return [str(occurrence.stages[Stage.REPORT].due) for occurrence in found]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("thứ Sáu hằng tuần", ["2026-01-16", "2026-01-23"]),
        ("trước thứ Sáu hằng tuần", ["2026-01-15", "2026-01-22"]),
        ("thứ Sáu tuần cuối tháng", ["2026-01-30", "2026-02-27"]),
        ("trước ngày 20 hằng tháng", ["2026-01-19", "2026-02-19"]),
        ("ngày làm việc cuối cùng của tháng", ["2026-01-30", "2026-02-27"]),
        ("Hằng quý, trước ngày 10/3, 10/6, 10/9, 10/12", ["2026-03-09", "2026-06-09"]),
        ("trước ngày 05 tháng đầu quý sau", ["2026-04-04", "2026-07-04"]),
    ],
)
def test_each_occurrence_is_due_on_the_day_that_the_words_name(text: str, first: list[str]) -> None:
    assert dues(text)[:2] == first
