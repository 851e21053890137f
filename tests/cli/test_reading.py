from __future__ import annotations

import io
import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from cli.reading import plan_read, plan_read_time
from services.setup import PACKAGED

MILESTONE = {
    "stage",
    "kind",
    "start",
    "due",
    "due_time",
    "recurrence",
    "due_rule",
    "event",
    "offset_days",
    "working_days",
    "assumed",
    "source_text",
}
FINDING = {"code", "severity", "message", "task", "source_text", "place", "meaning"}


def printed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_decision_is_printed_in_the_shape_that_was_promised(capsys: pytest.CaptureFixture[str]) -> None:
    assert plan_read(str(PACKAGED), as_json=True) == 0

    plan = json.loads(capsys.readouterr().out)
    assert plan.keys() == {"decision", "reporting_calendar", "sections", "units", "tasks", "findings"}
    assert plan["decision"].keys() == {"number", "date", "issuer", "title", "year"}
    assert plan["reporting_calendar"] == ["2026-03-09", "2026-06-09", "2026-09-09", "2026-12-09"]
    assert plan["sections"][2] == {
        "code": "III",
        "title": "Cải cách thủ tục hành chính (7 nhiệm vụ)",
        "declared": 7,
        "found": 7,
    }
    assert {"name": "Trung tâm Phục vụ hành chính công", "aliases": ["Trung tâm PV HCC"]} in plan["units"]
    assert all(finding.keys() == FINDING for finding in plan["findings"])
    assert all(one.keys() == MILESTONE for task in plan["tasks"] for one in task["milestones"])


def test_a_task_is_printed_with_its_occurrences_and_where_it_stands(
    capsys: pytest.CaptureFixture[str],
) -> None:
    plan_read(str(PACKAGED), as_json=True)

    task = next(one for one in json.loads(capsys.readouterr().out)["tasks"] if one["code"] == "I.1")
    assert task.pop("milestones")[0]["due"] == "2026-01-14"
    assert task == {
        "code": "I.1",
        "section": "I",
        "title": "Xây dựng và triển khai Kế hoạch cải cách hành chính nhà nước phường Thành Đông năm 2026",
        "lead_units": ["Phòng Văn hóa - Xã hội"],
        "coordinating_units": ["Các phòng chuyên môn", "Trung tâm Phục vụ hành chính công"],
        "products": ["Kế hoạch của UBND phường"],
        "time_text": "Trước ngày 15/01/2026",
        "kind": "scheduled",
        "event_types": [],
        "occurrences": [
            {
                "label": "Năm 2026",
                "opens_on": "2026-01-14",
                "stages": {
                    "plan": {"due": "2026-01-14", "assumed": False},
                    "implement": {"due": None, "assumed": False},
                    "report": {"due": "2026-12-09", "assumed": True},
                },
            }
        ],
        "source": {"table": 1, "row": 3, "page": None},
    }


def test_people_see_every_task_and_every_doubt(capsys: pytest.CaptureFixture[str]) -> None:
    assert plan_read(str(PACKAGED), as_json=False) == 0

    shown = capsys.readouterr().out
    assert "16/QĐ-UBND" in shown
    assert "VII.4" in shown
    assert "Những điểm cần xem lại" in shown


def test_each_text_gives_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    plan_read_time(["trước 30/9/2026", "hằng quý"], year=2026, issued=None, as_json=True)

    first, second = printed(capsys)
    assert first["text"] == "trước 30/9/2026"
    assert [m["due"] for m in first["milestones"]] == ["2026-09-29"]
    assert first.keys() == {"text", "milestones", "findings"}
    assert second["milestones"][0]["recurrence"] == "FREQ=MONTHLY;BYMONTH=3,6,9,12"


def test_lines_may_carry_their_own_year_and_issue_date(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        {"text": "trước 30/9"},
        {"text": "trước 30/9", "year": 2027},
        {"text": "10 ngày kể từ ngày ký", "issued": "2026-05-01"},
        {"text": "10 ngày kể từ ngày ký"},
    ]
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n\n".join(map(json.dumps, lines))))

    plan_read_time(["-"], year=2026, issued=date(2026, 1, 14), as_json=True)

    dues = [one["milestones"][0]["due"] for one in printed(capsys)]
    assert dues == ["2026-09-29", "2027-09-29", "2026-05-11", "2026-01-24"]


@pytest.mark.parametrize(
    "line",
    ["nothing", "[]", '{"year": 2026}', '{"text": 5}', '{"text": "x", "issued": "ngày mai"}', "[" * 100000],
)
def test_a_line_that_is_not_what_was_asked_for_is_refused_by_its_number(
    line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f'{{"text": "Quý I/2026"}}\n{line}\n'))

    assert main(["plan", "read-time", "-"]) == 1

    shown = capsys.readouterr()
    assert "Dòng 2" in shown.err
    assert "Traceback" not in shown.err
    assert json.loads(shown.out)["milestones"]


def test_people_are_told_in_vietnamese_what_was_read(capsys: pytest.CaptureFixture[str]) -> None:
    texts = {
        "trước 30/9/2026": "hạn cuối 29/09/2026",
        "Quý I/2026": "từ 01/01/2026 hạn cuối 31/03/2026",
        "trước ngày 20 hằng tháng": "lặp lại hằng tháng, hạn ngày 19",
        "trước ngày 15/12 hằng năm": "lặp lại hằng năm, hạn ngày 14/12",
        "trước 16h thứ Sáu hằng tuần": "lặp lại thứ Sáu hằng tuần, trước 16:00",
        "Chậm nhất 05 ngày làm việc sau khi nhận được yêu cầu": "sau 5 ngày làm việc",
        "Năm 2026 và các năm tiếp theo": "từ 01/01/2026 trở đi",
        "Thường xuyên": "thường xuyên",
        "Theo quy định": "chưa ấn định ngày",
        "làm tốt": "không đọc được",
        "định kỳ 3 tháng": "3 tháng một lần",
    }
    for text, words in texts.items():
        plan_read_time([text], year=2026, issued=None, as_json=False)
        assert words in capsys.readouterr().out


def test_a_missing_file_ends_with_one_and_a_vietnamese_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "read", "/không/có"]) == 1
    assert capsys.readouterr().err.startswith("Không tìm thấy tệp")


def test_reading_time_imports_none_of_the_heavy_libraries() -> None:
    code = (
        "import sys; from cli.main import main; main(['plan', 'read-time', '--json', 'Quý I/2026']);"
        "heavy = {'pydantic', 'sqlalchemy', 'prefect', 'rich', 'fastapi'};"
        "heavy |= {'tomllib', 'difflib', 'asyncio', 'pathlib'};"
        "print(sorted(heavy & sys.modules.keys()), file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-S", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[2],
    )

    assert ran.stderr.strip() == "[]"
