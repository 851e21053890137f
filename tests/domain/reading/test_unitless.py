from __future__ import annotations

import pytest

from domain.reading.times import read_time


def read(text: str) -> tuple[list[tuple[str, str]], set[str]]:
    milestones, findings = read_time(text, year=2026)
    days = [(str(m.start), str(m.due)) for m in milestones]
    return days, {finding.code for finding in findings if finding.severity != "info"}


def test_a_roman_number_is_a_quarter_anywhere_and_the_guess_is_told() -> None:
    assert read("I–IV") == ([("2026-01-01", "2026-12-31")], {"bare-quarter"})
    assert read("I/2027") == ([("2027-01-01", "2027-03-31")], {"bare-quarter"})


@pytest.mark.parametrize("text", ["3", "15", "5 - 7"])
def test_figures_alone_are_no_month(text: str) -> None:
    days, asked = read(text)

    assert days == [("None", "None")]
    assert asked


def test_a_projects_own_quarters_are_not_read_as_those_of_the_calendar() -> None:
    days, asked = read("Quý 1-2: khảo sát; Quý 5: xây dựng; Quý 8: nghiệm thu")

    assert {due for _, due in days} == {"None"}
    assert "impossible-date" in asked
