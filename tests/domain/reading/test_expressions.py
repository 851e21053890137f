from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from domain.reading.times import read_time
from tests.domain.reading.scoring import Verdict, verdict

ISSUED = date(2026, 7, 14)
EXPRESSIONS = [
    json.loads(line)
    for line in Path(__file__).with_name("time_expressions.jsonl").read_text("utf-8").splitlines()
]


def _verdict(entry: dict[str, str]) -> Verdict:
    issued = ISSUED if str(ISSUED) in entry["reading"] else None
    return verdict(entry["reading"], *read_time(entry["text"], year=int(entry["year"]), issued_on=issued))


def test_at_least_ninety_five_of_a_hundred_real_expressions_are_read_as_a_careful_person_does() -> None:
    wrong = {entry["text"]: found.wrong for entry in EXPRESSIONS if (found := _verdict(entry)).wrong}

    assert len(EXPRESSIONS) == 115
    assert len(wrong) <= 0.05 * len(EXPRESSIONS), wrong


def test_no_real_expression_gets_a_date_that_nobody_wrote_and_nothing_flags() -> None:
    invented = {
        entry["text"]: found.wrong
        for entry in EXPRESSIONS
        if not (found := _verdict(entry)).flagged and any(word.startswith("invented") for word in found.wrong)
    }

    assert invented == {}


@pytest.mark.parametrize(
    ("reading", "text"),
    [
        ("due=2026-09-29", "đến 30/9/2026"),
        ("window=2026-01-01..2026-03-31", "Quý II/2026"),
        ("recur=MONTHLY; due=day 19", "trước ngày 21 hằng tháng"),
        ("event=khi có yêu cầu", "Quý I/2026"),
        ("unspecified", "trước 30/9/2026"),
    ],
)
def test_the_scorer_notices_a_reading_that_differs(reading: str, text: str) -> None:
    assert verdict(reading, *read_time(text, year=2026)).wrong
