"""`cchc plan` on the real decision: what is read, and what the calendar makes of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from openpyxl import load_workbook

from services.setup import PACKAGED
from tests.cli.typed import cchc, installation

# Every date that the decision itself writes, by task and stage; nothing else may be without `assumed`.
WRITTEN = {
    ("I.1", "plan"): "2026-01-14",
    ("I.2", "report"): "2026-12-09",
    ("I.3", "plan"): "2026-03-31",
    ("I.5", "report"): "2026-12-31",
    ("II.1", "report"): "2026-12-31",
    ("II.2", "plan"): "2026-03-31",
    ("II.3", "plan"): "2026-03-31",
    ("II.4", "plan"): "2026-03-31",
    ("II.5", "plan"): "2026-03-31",
    ("III.1", "plan"): "2026-01-31",
    ("III.4", "plan"): "2026-02-28",
    ("III.5", "report"): "2026-09-29",
    ("VI.1", "plan"): "2026-03-31",
    ("VII.1", "plan"): "2026-03-31",
    ("VII.1", "report"): "2026-12-31",
    ("VII.2", "report"): "2026-12-31",
}


@pytest.fixture(scope="module", autouse=True)
def url() -> Iterator[str]:
    """Give one installation with the real decision in force."""
    with installation() as database:
        cchc("plan", "import", str(PACKAGED))
        cchc("plan", "activate")
        yield database


@pytest.fixture(scope="module")
def plan() -> dict[str, Any]:
    """Read the decision once."""
    read: dict[str, Any] = cchc("plan", "read", str(PACKAGED), "--json").json
    return read


def test_the_decision_is_read_as_thirty_three_tasks_of_the_right_kinds(plan: dict[str, Any]) -> None:
    assert plan["decision"] == {
        "number": "16/QĐ-UBND",
        "date": "2026-01-14",
        "issuer": "Chủ tịch Ủy ban nhân dân phường Thành Đông",
        "title": "Ban hành Kế hoạch Cải cách hành chính nhà nước phường Thành Đông năm 2026",
        "year": 2026,
    }
    assert plan["reporting_calendar"] == ["2026-03-09", "2026-06-09", "2026-09-09", "2026-12-09"]
    assert [(each["declared"], each["found"]) for each in plan["sections"]] == [
        (number, number) for number in (7, 5, 7, 2, 3, 5, 4)
    ]
    kinds = {"scheduled": 14, "recurring": 2, "ongoing": 7, "event": 9, "unspecified": 1}
    assert Counter(each["kind"] for each in plan["tasks"]) == kinds
    assert len({each["source"]["row"] for each in plan["tasks"]}) == 33
    assert not [each for each in plan["findings"] if each["severity"] == "blocking"]


def test_every_date_that_the_decision_writes_is_read_and_no_other_goes_unmarked(plan: dict[str, Any]) -> None:
    read = {
        (each["code"], name): stage["due"]
        for each in plan["tasks"]
        for occurrence in each["occurrences"]
        for name, stage in occurrence["stages"].items()
        if stage["due"] and not stage["assumed"]
    }
    assert read == WRITTEN


def test_rows_that_a_page_break_split_are_whole_again(plan: dict[str, Any]) -> None:
    tasks = {each["code"]: each for each in plan["tasks"]}

    assert tasks["I.4"]["products"] == ["Thực hiện trên phần mềm chấm điểm chỉ số CCHC của thành phố"]
    assert len(tasks["II.1"]["products"]) == 3
    assert "Báo cáo trong Tháng 12/2026" in tasks["VII.1"]["time_text"]


def test_the_findings_that_a_person_must_see_are_there(plan: dict[str, Any]) -> None:
    found = {(each["task"], each["code"]) for each in plan["findings"]}

    assert found >= {
        ("I.3", "lead-is-coordinator"),
        ("III.2", "units-glued"),
        ("V.1", "product-condition"),
        ("V.2", "group-lead"),
        ("V.3", "group-lead"),
        ("VI.3", "unspecified"),
    }


def test_times_are_read_from_lines_of_json_and_answered_line_by_line() -> None:
    lines = ['{"text": "trước 30/9/2026"}', '{"text": "khi có yêu cầu của cấp trên"}', '{"text": "ăn cơm"}']

    said = cchc("plan", "read-time", "-", stdin="\ufeff" + "\r\n".join(lines))

    read = [json.loads(line) for line in said.out.splitlines()]
    assert [each["text"] for each in read] == [json.loads(line)["text"] for line in lines]
    assert [each["milestones"][0]["kind"] for each in read] == ["deadline", "event", "unread"]
    assert read[0]["milestones"][0]["due"] == "2026-09-29"
    assert read[2]["findings"]


def test_an_imported_plan_is_shown_with_its_findings_and_its_dates() -> None:
    first = cchc("plan", "show", "--json").json["plans"][-1]
    dates = cchc("plan", "calendar", "--json").json["dates"]

    assert (first["number"], first["state"], first["tasks"]) == ("16/QĐ-UBND", "active", 33)
    assert all(each["message"] for each in first["findings"])
    assert [each["due_on"] for each in dates] == sorted(each["due_on"] for each in dates)
    assert {(each["code"], each["stage"]): each["due_on"] for each in dates if not each["assumed"]} == WRITTEN
    assert cchc("plan", "calendar", "--year", "2031", "--json").json == {"dates": []}
    assert "đang được thực hiện" in cchc("plan", "activate").out


def test_the_years_dates_become_a_workbook(tmp_path: Path) -> None:
    target = tmp_path / "lich.xlsx"

    assert "thời hạn vào" in cchc("plan", "calendar", "--xlsx", str(target)).out

    sheet = load_workbook(target).active
    assert sheet is not None
    assert sheet["A3"].value == "Thời hạn"
    assert sheet["A4"].value.year == 2026
    refused = cchc("plan", "calendar", "--xlsx", str(tmp_path / "x" / "y.xlsx"), code=3)
    assert "Không ghi được tệp" in refused.err


def test_the_years_dates_become_a_calendar_file(tmp_path: Path) -> None:
    target, none = tmp_path / "lich.ics", tmp_path / "khong.ics"
    dates = cchc("plan", "calendar", "--json").json["dates"]

    assert f"{len(dates)} thời hạn vào" in cchc("plan", "calendar", "--ics", str(target)).out
    cchc("plan", "calendar", "--year", "2031", "--ics", str(none))

    entries = Calendar.from_ical(target.read_bytes()).walk("VEVENT")
    assert len({str(each["UID"]) for each in entries}) == len(dates)
    assert sorted(str(each.decoded("DTSTART")) for each in entries) == [each["due_on"] for each in dates]
    assert Calendar.from_ical(none.read_bytes()).walk("VEVENT") == []
    cchc("plan", "calendar", "--ics", str(target), "--xlsx", str(target), code=2)
    assert "Không ghi được tệp" in cchc("plan", "calendar", "--ics", str(tmp_path), code=3).err
