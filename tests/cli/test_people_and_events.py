"""Stand-ins, people in charge, documents and monthly questions, as they are typed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Self

import pytest

from config.settings import load_settings
from domain.typed import UNSEEN
from tests.cli.typed import OFFICE, cchc, installation, office, rows

BY = ("--by", "dieuphoi")


@pytest.fixture(scope="module", autouse=True)
def url() -> Iterator[str]:
    """Give one office with the real decision."""
    with installation() as database, pytest.MonkeyPatch.context() as patch:
        patch.setattr("cli.office.datetime", Monday)
        office()
        yield database


class Monday(datetime):
    """The clock in November: before a month's first working day, and in the next year, nothing is asked."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls(2026, 11, 16, 2, 0, tzinfo=UTC).astimezone(tz)


def today() -> datetime:
    return Monday.now(load_settings().timezone)


def test_a_stand_in_is_named_listed_and_ended() -> None:
    until = f"{today() + timedelta(5):%Y-%m-%d}"
    naming = ("unit", "stand-in", "lan", "hoa", "--to", until, "--reason", "Nghỉ phép", "--by", "lan")

    assert "hoa làm thay lan" in cchc(*naming).out
    (row,) = cchc("unit", "stand-in", "--json").json["stand_ins"]
    assert (row["account"], row["stand_in"], row["unit"], row["now"]) == ("lan", "hoa", OFFICE, True)
    assert "đang làm thay" in cchc("unit", "stand-in").out
    assert "chính mình" in cchc(*naming[:-1], "minh", code=1).err
    assert "--by" in cchc("unit", "stand-in", "--end", str(row["id"]), code=1).err
    cchc("unit", "stand-in", "lan", "hoa", *BY, code=1)

    cchc("unit", "stand-in", "--end", str(row["id"]), *BY)
    assert cchc("unit", "stand-in", "--json").json["stand_ins"][0]["now"] is False


def test_a_task_is_given_and_handed_over() -> None:
    code, second = (
        each["code"] for each in cchc("task", "list", "--unit", OFFICE, "--json").json["tasks"][:2]
    )
    cchc("user", "add", "tuan", "--role", "officer", "--unit", OFFICE)
    for each in (code, second):
        assert "Đã giao 1" in cchc("task", "assign", each, "lan", "--by", "lan").out

    assert "Đã bàn giao 1" in cchc("task", "hand-over", "lan", "tuan", "--task", code, "--by", "lan").out
    assert cchc("task", "hand-over", "lan", "tuan", *BY, "--json").json == {"changed": 1}
    assert "Không có gì" in cchc("task", "hand-over", "lan", "tuan", *BY).out
    assert "Đã thôi giao 1" in cchc("task", "assign", code, "-", "--by", "lan").out
    assert "đơn vị này chủ trì" in cchc("task", "assign", code, "hoa", *BY, code=1).err


def test_a_document_opens_tasks_each_until_its_own_day_and_answers_its_question(url: str) -> None:
    asked = cchc("event", "questions", "--json").json["questions"]
    one, two = (each["code"] for each in asked[:2])
    month = asked[0]["month"][:7]
    day = f"{today():%Y-%m-%d}"

    raising = (
        "event",
        "raise",
        "guidance",
        "--doc-number",
        "9/HD",
        "--doc-date",
        day,
        "--issuer",
        "Sở Nội vụ",
    )
    due = f"{today() + timedelta(30):%Y-%m-%d}"
    cchc(*raising, "--summary", "x", "--task", one, "--task", two, "--task-due", f"{one}={due}", *BY)

    found = rows(
        url,
        "SELECT DISTINCT t.code, s.due_on::text FROM cchc.occurrence o JOIN cchc.task t ON t.id = o.task_id"
        " JOIN cchc.stage s ON s.occurrence_id = o.id AND s.stage = 'report' WHERE o.event_id IS NOT NULL",
    )
    assert dict(found) == {one: due, two: None}
    cchc(*raising, "--summary", "x", "--task-due", "chưa đúng", *BY, code=2)
    left = cchc("event", "questions", "--json").json["questions"]
    assert {one, two}.isdisjoint(each["code"] for each in left)

    codes = [each["code"] for each in left]
    assert f"cho {len(codes)} nhiệm vụ" in cchc("event", "nothing", *codes, "--month", month, *BY).out
    assert "từ trước" in cchc("event", "nothing", *codes, "--month", month, *BY).out
    assert cchc("event", "questions", "--json").json["questions"] == []
    assert "9/HD" in cchc("event", "nothing", one, "--month", month, *BY, code=1).err
    cchc("event", "nothing", one, "--month", "tháng ba", *BY, code=2)


def test_letters_that_turn_a_line_round_are_left_out_of_what_is_typed() -> None:
    words = ("--doc-date", "2026-03-02", "--issuer", "Sở \u202eNội vụ\u2069", "--summary", "Hướng dẫn")

    said = cchc("event", "raise", "feedback", "--doc-number", "7\u202e/PA", *words, "--by", "dieuphoi").out

    assert "Đã ghi nhận văn bản 7/PA ngày" in said
    assert not UNSEEN.search(said)
