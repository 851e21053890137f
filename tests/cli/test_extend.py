"""Asking for more time, deciding on it and taking results back, as it is typed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from typing import Any

import pytest

import cli.office
from tests.cli.typed import cchc, installation, office

YEAR_END = ("--until", "2027-12-30", "--reason", "Chờ hướng dẫn", "--by", "lan")


@pytest.fixture(scope="module", autouse=True)
def url() -> Iterator[str]:
    """Give one office with the real decision; each test handles tasks of its own."""
    with installation() as database:
        office()
        yield database


TODAY = "2026-06-01"


class Then(datetime):
    """A clock that stands on a day of the plan's year, whatever year it is."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Then:
        return cls(2026, 6, 1, 3, 0, tzinfo=tz or UTC)


@pytest.fixture(autouse=True)
def then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli.office, "datetime", Then)


def stage(code: str, name: str = "plan") -> dict[str, Any]:
    (occurrence,) = cchc("task", "show", code, "--json").json["occurrences"]
    found: dict[str, Any] = next(each for each in occurrence["stages"] if each["stage"] == name)
    return found


def test_a_request_in_time_moves_the_date_when_it_is_granted() -> None:
    cchc("task", "set-date", "II.3", "plan", "2026-06-05", "--reason", "Họp", "--by", "dieuphoi")
    until = "2026-06-12"
    asked = ("extend", "request", "II.3", "plan", "--until", until, "--reason", "Chờ", "--by", "lan")
    assert "Đã gửi đề nghị gia hạn" in cchc(*asked).out
    assert cchc(*asked, "--json").json["extension"] == stage("II.3")["extensions"][0]["id"]

    granted = cchc("extend", "grant", "II.3", "plan", "--by", "chutich", "--json").json
    assert granted["moved"] is True
    shown = stage("II.3")
    assert (shown["due"], shown["extensions"][0]["verdict"]) == (until, "granted")
    assert shown["extensions"][0]["moved"] is True


def test_a_request_after_the_date_is_approved_apart() -> None:
    before = stage("II.5")["due"]
    assert before < TODAY
    cchc("extend", "request", "II.5", "plan", *YEAR_END)

    granted = cchc("extend", "grant", "II.5", "plan", "--objective", "--by", "chutich")
    assert "Thời hạn không đổi, kết quả vẫn tính quá hạn." in granted.out
    assert stage("II.5")["due"] == before
    assert "chấp thuận chậm, khách quan" in cchc("extend", "list").out


def test_what_cannot_be_is_refused_in_words() -> None:
    assert (
        "Không có đề nghị gia hạn" in cchc("extend", "grant", "II.4", "plan", "--by", "chutich", code=1).err
    )
    cchc("extend", "request", "II.4", "plan", *YEAR_END)
    assert "--answer" in cchc("extend", "refuse", "II.4", "plan", "--by", "chutich", code=1).err
    assert "lãnh đạo" in cchc("extend", "grant", "II.4", "plan", "--by", "dieuphoi", code=1).err
    cchc("extend", "withdraw", "II.4", "plan", "--by", "lan")
    cchc("extend", "withdraw", "II.4", "plan", "--by", "lan")
    assert "rút lại" in cchc("extend", "grant", "II.4", "plan", "--by", "chutich", code=1).err

    listed = cchc("extend", "list", "--json").json["extensions"]
    assert [each["verdict"] for each in listed if each["code"] == "II.4"] == ["withdrawn"]


def test_a_result_is_taken_back_and_handed_in_again() -> None:
    cchc("stage", "submit", "II.2", "plan", "--by", "lan", "--on", TODAY)
    assert "có thể nộp lại" in cchc("stage", "withdraw", "II.2", "plan", "--by", "lan").out
    assert "đã được ghi nhận trước đó" in cchc("stage", "withdraw", "II.2", "plan", "--by", "lan").out
    assert "Chỉ người của đơn vị" in cchc("stage", "withdraw", "II.2", "plan", "--by", "hoa", code=1).err

    cchc("stage", "submit", "II.2", "plan", "--by", "lan", "--on", TODAY)
    assert [each["verdict"] for each in stage("II.2")["submissions"]] == ["withdrawn", None]
