from __future__ import annotations

import pytest

from domain.reading.times import read_time


def read(text: str, column: str = "") -> tuple[list[tuple[str, str]], set[str]]:
    milestones, findings = read_time(text, year=2026, column=column)
    days = [(str(m.start), str(m.due)) for m in milestones]
    return days, {finding.code for finding in findings if finding.severity != "info"}


@pytest.mark.parametrize(
    ("text", "column", "start", "due"),
    [
        ("III", "Quý", "2026-07-01", "2026-09-30"),
        ("I - IV", "Quý/năm", "2026-01-01", "2026-12-31"),
        ("3", "Quý", "2026-07-01", "2026-09-30"),
        ("2/2027", "Quý thực hiện", "2027-04-01", "2027-06-30"),
        ("3", "Tháng", "2026-03-01", "2026-03-31"),
        ("5 - 7", "Tháng", "2026-05-01", "2026-07-31"),
    ],
)
def test_a_number_alone_takes_the_unit_of_its_column(text: str, column: str, start: str, due: str) -> None:
    days, asked = read(text, column)

    assert days == [(start, due)]
    assert asked == set()


def test_a_roman_number_is_a_quarter_anywhere_and_the_guess_is_told() -> None:
    assert read("I–IV") == ([("2026-01-01", "2026-12-31")], {"bare-quarter"})
    assert read("I/2027") == ([("2027-01-01", "2027-03-31")], {"bare-quarter"})


@pytest.mark.parametrize("text", ["3", "15", "5 - 7"])
def test_figures_alone_are_no_month_where_no_column_says_so(text: str) -> None:
    days, asked = read(text)

    assert days == [("None", "None")]
    assert asked


@pytest.mark.parametrize(
    "text", ["15/3/2026", "trước 15/3", "Tháng 3/2026", "I. Ban hành trong tháng 3/2026"]
)
def test_a_column_changes_nothing_about_times_that_have_their_own_unit(text: str) -> None:
    assert read(text, "Quý") == read(text)


def test_a_projects_own_quarters_are_not_read_as_those_of_the_calendar() -> None:
    days, asked = read("Quý 1-2: khảo sát; Quý 5: xây dựng; Quý 8: nghiệm thu")

    assert {due for _, due in days} == {"None"}
    assert "impossible-date" in asked
