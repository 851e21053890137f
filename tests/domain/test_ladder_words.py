"""Ladders as people type and read them."""

from __future__ import annotations

from datetime import time

import pytest

from domain.errors import WardError
from domain.ladder import Ladder
from domain.ladder_words import (
    before_in_words,
    escalation_in_words,
    escalation_typed,
    late_in_words,
    parse_clock,
    parse_ladder,
    parse_quiet,
    parse_scope,
    parse_weekday,
    scope_in_words,
    why_in_words,
)
from domain.quiet import QuietHours

LADDER = Ladder((30, 7, 0), 3, ((3, "head"), (9, "leader")))


def test_a_ladder_is_read_however_its_numbers_are_set_apart() -> None:
    for before, rungs in (("30,7,0", "head:3,leader:9"), (" 0; 7 30 ", " head:3; leader:9 ")):
        assert parse_ladder(before, " 3 ", rungs) == LADDER
    assert parse_ladder("30,7,0", "3", escalation_typed(LADDER)) == LADDER
    assert parse_ladder("0", "1", "") == Ladder((0,), 1, ())


@pytest.mark.parametrize(
    ("before", "every", "rungs"),
    [
        ("", "3", ""),
        ("7,x", "3", ""),
        ("-7", "3", ""),
        ("7.5", "3", ""),
        ("99999", "3", ""),
        ("٣", "3", ""),
        ("7", "", ""),
        ("7", "3", "head"),
        ("7", "3", "head:"),
        ("7", "3", "chief:3"),
    ],
)
def test_what_is_no_ladder_is_refused_in_words(before: str, every: str, rungs: str) -> None:
    with pytest.raises(WardError) as refused:
        parse_ladder(before, every, rungs)

    assert refused.value.notice


def test_a_ladder_is_said_as_an_office_would() -> None:
    assert before_in_words(LADDER) == "trước hạn 30, 7 ngày và đúng ngày đến hạn"
    assert before_in_words(Ladder((0,), 1, ())) == "đúng ngày đến hạn"
    assert late_in_words(LADDER) == "cứ 3 ngày làm việc quá hạn một lần"
    assert late_in_words(Ladder((0,), 1, ())) == "mỗi ngày làm việc quá hạn"
    assert (
        escalation_in_words(LADDER) == "người đứng đầu đơn vị từ 3 ngày làm việc, lãnh đạo từ 9 ngày làm việc"
    )
    assert escalation_in_words(Ladder((0,), 1, ())) == "không báo cáo lên trên"
    assert [why_in_words(step) for step in ("-7", "0", "+3")] == [
        "còn 7 ngày",
        "đến hạn",
        "quá hạn 3 ngày làm việc",
    ]
    assert scope_in_words("", "") == "mọi nhiệm vụ, mọi bước"
    assert scope_in_words("recurring", "report") == "nhiệm vụ định kỳ, bước “Báo cáo kết quả”"


@pytest.mark.parametrize(
    ("text", "read"),
    [("07:00", time(7)), ("7h30", time(7, 30)), ("7", time(7)), ("7h", time(7)), ("23.59", time(23, 59))],
)
def test_a_time_of_day_is_read_as_people_write_it(text: str, read: time) -> None:
    assert parse_clock("Giờ", text) == read


@pytest.mark.parametrize("text", ["", "24:00", "7:60", "7:5x", "sáng", "-1", "07:00:00", "7:5"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(WardError, match="Giờ"):
        parse_clock("Giờ", text)


def test_quiet_hours_and_days_of_the_week_are_read() -> None:
    assert parse_quiet("21:00-06:30") == parse_quiet("21h – 6h30") == QuietHours(time(21), time(6, 30))
    assert [parse_weekday(text) for text in ("monday", "Sunday", "1", "7")] == [1, 7, 1, 7]
    for text in ("", "0", "8", "hai"):
        with pytest.raises(WardError):
            parse_weekday(text)
    with pytest.raises(WardError):
        parse_quiet("21:00")


def test_only_kinds_and_stages_that_exist_are_taken() -> None:
    assert parse_scope("recurring", "") == ("recurring", "")
    for kind, stage in (("weekly", ""), ("", "end")):
        with pytest.raises(WardError):
            parse_scope(kind, stage)
