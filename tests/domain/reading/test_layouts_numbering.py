"""Sections and numbers in every form, with titles inside and between tables."""

from __future__ import annotations

import pytest

from domain.plans import Severity
from tests.domain.reading.conftest import plan_in
from tests.domain.reading.layouts import HEAD, HEADER, LEAD, codes, found, plan_of


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (f"I\tThể chế\t\t\n1\tA\t{LEAD}\tQuý I\nII\tKhác\t\t\n2\tB\t{LEAD}\tQuý I", ["I.1", "II.2"]),
        (f"I\tA\t{LEAD}\tQuý I\nII\tB\t{LEAD}\tQuý II", ["I", "II"]),
        (f"1\tThể chế\t\t\n1.1\tA\t{LEAD}\tQuý I\n2\tB\t{LEAD}\tQuý I", ["1.1", "2"]),
        (f"1. THỂ CHẾ\t\t\t\n1\tA\t{LEAD}\tQuý I\n2. KHÁC\t\t\t\n1\tB\t{LEAD}\tQuý I", ["1.1", "2.1"]),
        (f"I\tĐề án\t\t\nI.1\tTrình HĐND\t\t\n1\tA\t{LEAD}\tQuý I\nI.2\tTrình\t\t\n1\tB\t{LEAD}\tQuý I",
         ["I.1.1", "I.2.1"]),
        (f"\tI. THỂ CHẾ\t\t\n1\tA\t{LEAD}\tQuý I", ["I.1"]),
        (f"1\tA\t{LEAD}\t\n-\tB\t\tQuý I\n-\tC\t\tQuý II", ["1.1", "1.2"]),
        (f"1\tA\t{LEAD}\tNhư bên dưới\na)\tB\t\tQuý I\nb)\tC\t\tQuý II\n2\tD\t{LEAD}\tQuý I",
         ["1.a", "1.b", "2"]),
        (f"THỂ CHẾ\t\t\t\n1\tA\t{LEAD}\tQuý I\nTHỦ TỤC\t\t\t\n1\tB\t{LEAD}\tQuý I", ["I.1", "II.1"]),
        (f"**I.**\tThể chế\t\t\n**1**\tA\t{LEAD}\t**Quý I/2026**", ["I.1"]),
        (f"01\tA\t{LEAD}\tQuý I\n02.\tB\t{LEAD}\tQuý I\n3)\tC\t{LEAD}\tQuý I", ["1", "2", "3"]),
    ],
)  # fmt: skip # short values read best packed
def test_codes_come_from_sections_and_numbers_however_they_are_written(
    table: str, expected: list[str]
) -> None:
    plan = plan_of(table)

    assert codes(plan) == expected
    assert [finding for finding in plan.findings if finding.severity is Severity.BLOCKING] == []


def test_numbers_may_stand_before_the_content_or_not_at_all() -> None:
    header = "Nội dung\tĐơn vị thực hiện\tThời hạn\n"
    glued = plan_of(f"I. Thể chế\t\t\n1. Ban hành\t{LEAD}\tQuý I\n2. Rà soát\t{LEAD}\tQuý I", header=header)
    plain = plan_of(f"Ban hành\t{LEAD}\tQuý I\nRà soát\t{LEAD}\tQuý I", header=header)

    assert [(task.code, task.title) for task in glued.tasks] == [("I.1", "Ban hành"), ("I.2", "Rà soát")]
    assert codes(plain) == ["1", "2"]
    assert found(plain, "number-assigned") == [None]


def test_titles_between_tables_are_their_sections() -> None:
    one = f"I. Thể chế\n{HEADER}1\tA\t{LEAD}\tQuý I\n\nII. Thủ tục\n{HEADER}1\tB\t{LEAD}\tQuý I"
    plan = plan_in(HEAD + one)

    assert codes(plan) == ["I.1", "II.1"]
    assert [section.title for section in plan.sections] == ["Thể chế", "Thủ tục"]


def test_a_table_without_a_header_goes_on_with_the_columns_above() -> None:
    plan = plan_of(f"1\tA\t{LEAD}\tQuý I\n2\n2\tB\t{LEAD}\tQuý II\n")

    assert codes(plan) == ["1", "2"]


def test_a_section_gives_its_tasks_the_unit_and_time_that_they_lack() -> None:
    plan = plan_of(f"I\tThể chế\t{LEAD}\t\n1\tA\t\tQuý I/2026\nII\tTháng 02\t\t\n1\tB\tCông an\t")

    assert [(task.lead_units, task.time_text) for task in plan.tasks] == [
        ((LEAD,), "Quý I/2026"),
        (("Công an",), "Tháng 02"),
    ]
    assert found(plan, "inherited") == ["I.1", "II.1"]


@pytest.mark.parametrize("letters", ["abd", "ac", "b"])
def test_a_left_out_letter_is_a_gap(letters: str) -> None:
    parts = "\n".join(f"{letter})\tPhần {letter}\t\tQuý I" for letter in letters)

    assert found(plan_of(f"1\tA\t{LEAD}\t\n{parts}"), "number-gap") == [None]


def test_an_empty_section_is_told() -> None:
    plan = plan_of(f"I\tThể chế\t\t\nII\tKhác\t\t\n1\tA\t{LEAD}\tQuý I")

    assert [finding.source_text for finding in plan.findings if finding.code == "section-empty"] == [
        "Thể chế"
    ]
