from __future__ import annotations

from datetime import date

import pytest

from domain.plans import Stage, TaskKind
from domain.reading.milestones import bound, kind_of
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
        ("thứ Ba và thứ Sáu hằng tuần", ["2026-01-16", "2026-01-20"]),
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


def kind_and_dues(text: str) -> tuple[str, list[str]]:
    milestones = bound(read_time(text, year=2026, issued_on=ISSUED)[0], (), None)
    kind = kind_of(milestones)
    found = occurrences_of(kind, milestones, reports_of([], 2026), ISSUED)
    return str(kind), [str(occurrence.stages[Stage.REPORT].due) for occurrence in found]


def test_each_of_several_reports_of_the_year_is_an_occurrence_with_its_own_day() -> None:
    text = "Báo cáo quý I trước 05/3, báo cáo 6 tháng trước 05/6, báo cáo năm trước 20/11"

    assert kind_and_dues(text) == ("scheduled", ["2026-03-04", "2026-06-04", "2026-11-19"])


def test_work_and_its_report_are_one_occurrence() -> None:
    assert kind_and_dues("Hoàn thành trước 30/6; báo cáo trước 15/7") == ("scheduled", ["2026-07-14"])


def test_a_day_written_for_one_half_of_the_year_is_not_the_other_halfs() -> None:
    assert dues("2 lần/năm (tháng 6, tháng 12)") == ["2026-06-30", "2026-12-31"]
    assert dues("Định kỳ 6 tháng, trước ngày 15/6")[0] == "2026-06-14"
    assert dues("Định kỳ 6 tháng, trước ngày 15/6")[1] > "2026-12-01"
