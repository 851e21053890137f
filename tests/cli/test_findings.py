"""The discrepancy report as people read it in a terminal, and the commands that settle it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from cli.findings import Doubt, of_reading, print_findings
from domain.plans import Finding, Severity, Source
from domain.reading.confirming import meaning
from services.setup import PACKAGED
from tests.cli.typed import CENTRE, cchc, installation

PLACE = Source(1, 12, 3)
BLOCKING = Finding(
    "number-gap", Severity.BLOCKING, "Mục II: sau số 1 là số 3 [bold].", None, "3 [/] \x1b[31m", PLACE
)
CHECK = Finding("group-lead", Severity.CHECK, "Chủ trì là nhóm.", "V.2", "Các phòng chuyên môn")
INFO = Finding("citation", Severity.INFO, "Ngày của văn bản viện dẫn.", "I.1", "22/12/2024")


def printed(
    capsys: pytest.CaptureFixture[str], *found: Finding, width: int = 120, everything: bool = False
) -> str:
    print_findings(of_reading(found), everything=everything, width=width)
    return capsys.readouterr().out


def squeezed(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("width", [80, 120])
def test_the_report_fits_the_terminal_and_says_where_what_and_why(
    capsys: pytest.CaptureFixture[str], width: int
) -> None:
    shown = printed(capsys, CHECK, INFO, BLOCKING, width=width)

    assert max(map(len, shown.splitlines())) <= width
    assert shown.index("Phải xử lý trước") < shown.index("Cần xem lại (1)") < shown.index("Để biết (1)")
    columns = squeezed(shown)
    for words in ("Cả văn bản", "bảng 1, dòng", "V.2", "[bold].", "Xác nhận nghĩa là"):
        assert words in columns
    assert "Còn 1 điểm phải xử lý, 1 điểm cần xem lại, 1 điểm để biết." in columns


def test_what_only_informs_is_counted_by_kind_until_all_is_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    folded = printed(capsys, INFO, INFO, CHECK)
    whole = printed(capsys, INFO, INFO, CHECK, everything=True)

    assert "2 × ngày của văn bản viện dẫn" in folded
    assert "Xem hết: thêm --all" in folded
    assert INFO.message not in folded
    assert whole.count(INFO.message) == 2
    assert "--all" not in whole


def test_a_long_list_is_cut_but_never_what_blocks(capsys: pytest.CaptureFixture[str]) -> None:
    many = [CHECK] * 40 + [BLOCKING] * 40

    shown = printed(capsys, *many)

    assert shown.count("V.2") == 30
    assert shown.count("dòng 12") == 40
    assert "… và 10 điểm nữa" in shown
    assert printed(capsys, *many, everything=True).count("V.2") == 40


def test_a_document_sends_the_terminal_no_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert "\x1b[31m" not in printed(capsys, BLOCKING)


def test_a_reading_without_doubts_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Không có điểm nào cần xem lại." in printed(capsys)


def test_decided_ones_are_only_counted(capsys: pytest.CaptureFixture[str]) -> None:
    doubt = Doubt("7", "group-lead", Severity.CHECK, "V.2", "", "", "Chủ trì là nhóm.", "đã sửa (lan): x")

    print_findings([doubt], everything=False, width=100)
    short = capsys.readouterr().out
    print_findings([doubt], everything=True, width=100)
    long = capsys.readouterr().out

    assert "1 điểm đã xử lý" in short
    assert "Chủ trì là nhóm." not in short
    assert "Đã xử lý: đã sửa (lan): x" in squeezed(long)


@pytest.fixture(scope="module", autouse=True)
def url() -> Iterator[str]:
    """Give one installation with the real decision as a draft."""
    with installation() as database:
        cchc("plan", "import", str(PACKAGED))
        for name in ("dieuphoi", "dieuphoi2"):
            cchc("user", "add", name, "--role", "coordinator")
        cchc("user", "add", "minh", "--role", "officer", "--unit", CENTRE)
        yield database


def found() -> list[dict[str, Any]]:
    plans: list[dict[str, Any]] = cchc("plan", "show", "--json").json["plans"]
    all_of_them: list[dict[str, Any]] = plans[0]["findings"]
    return all_of_them


def one(code: str, task: str | None = None) -> dict[str, Any]:
    return next(each for each in found() if each["code"] == code and task in {None, each["task"]})


def test_reading_a_file_says_what_to_type_next() -> None:
    shown = cchc("plan", "read", str(PACKAGED)).out

    assert f"Nhập thành bản nháp: cchc plan import {PACKAGED} --by NGƯỜI" in shown
    assert cchc("plan", "read", str(PACKAGED), "--all").out.count("\n") > shown.count("\n")


def test_findings_as_data_keep_their_fields_and_say_where_and_what_it_means() -> None:
    read = cchc("plan", "read", str(PACKAGED), "--json").json["findings"]

    assert all(
        each.keys() == {"code", "severity", "message", "task", "source_text", "place", "meaning"}
        for each in read
    )
    for each in found():
        assert {"id", "code", "severity", "message", "task_code", "source_text", "settled_at"} <= each.keys()
        assert each["meaning"] == meaning(each["code"])
        assert each["place"] is None or each["place"].keys() == {"table", "row", "page"}


def test_a_decision_that_must_be_explained_names_the_option_for_it() -> None:
    number = str(one("lead-is-coordinator")["id"])

    refused = cchc("plan", "settle", number, "--as", "dismissed", "--by", "dieuphoi", code=1)

    assert f"điểm số {number}" in refused.err
    assert "--note" in refused.err


def test_a_finding_is_settled_reopened_and_settled_again_with_all_of_it_on_record() -> None:
    number = str(one("lead-is-coordinator")["id"])
    said = cchc("plan", "settle", number, "--decision", "Đúng bản gốc", "--by", "dieuphoi").out
    assert f"Đã ghi quyết định về điểm số {number}." in said
    again = cchc("plan", "settle", number, "--note", "Đúng bản gốc", "--by", "dieuphoi").out
    assert "Không có điểm nào thay đổi" in again

    second = cchc("plan", "settle", number, "--as", "dismissed", "--note", "x", "--by", "dieuphoi2", code=1)
    assert "đã được “dieuphoi” xử lý trước: đúng như đã đọc (“Đúng bản gốc”)" in second.err
    cchc("plan", "reopen", number, "--reason", "Hỏi lại", "--by", "dieuphoi2")
    cchc("plan", "settle", number, "--as", "dismissed", "--note", "Bỏ cột", "--by", "dieuphoi2")

    row = one("lead-is-coordinator")
    assert (row["verdict"], row["settlement"], row["settled_by"]) == ("dismissed", "Bỏ cột", "dieuphoi2")
    assert [each["kind"] for each in row["decisions"]] == ["confirmed", "reopened", "dismissed"]
    assert cchc("audit", "verify", "--json").json["ok"]


def test_all_of_a_kind_are_settled_by_one_command() -> None:
    said = cchc("plan", "settle", "--code", "group-lead", "--as", "confirmed", "--by", "dieuphoi").out

    assert said.startswith("Đã ghi quyết định về điểm số ")
    assert {each["verdict"] for each in found() if each["code"] == "group-lead"} == {"confirmed"}


def test_a_date_is_set_with_a_decision_and_confirming_settles_what_was_assumed() -> None:
    number = str(one("unspecified", "VI.3")["id"])
    due = ["--due", "25/12/2026", "--stage", "report"]
    said = cchc("plan", "settle", number, *due, "--by", "dieuphoi").out
    assert "1 thời hạn được ấn định." in said
    assert one("unspecified", "VI.3")["verdict"] == "corrected"

    cchc("plan", "settle", "--code", "report-assumed", "--by", "dieuphoi")
    cchc("plan", "activate", "--by", "dieuphoi")
    dates = cchc("plan", "calendar", "--json").json["dates"]
    reports = {each["code"]: each for each in dates if each["stage"] == "report"}
    assert reports["VI.3"]["due_on"] == "2026-12-25"
    assert not reports["I.1"]["assumed"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["99999", "--note", "x", "--by", "dieuphoi"], "Không có điểm cần xem lại số 99999"),
        (["--by", "dieuphoi"], "ghi SỐ của từng điểm"),
        (["1", "--code", "citation", "--by", "dieuphoi"], "ghi SỐ của từng điểm"),
        (["{info}", "--as", "dismissed", "--by", "dieuphoi"], "Phải ghi lý do"),
        (["{info}", "--by", "minh"], "không được làm việc này"),
        (["{info}", "--note", "x" * 2001, "--by", "dieuphoi"], "không dài quá 2000 ký tự"),
        (["{info}", "--due", "1/6/2026", "--by", "dieuphoi"], "cần thêm --stage"),
    ],
)
def test_what_cannot_be_settled_so_is_refused_in_vietnamese(words: list[str], said: str) -> None:
    number = str(one("title-citation")["id"])
    refused = cchc("plan", "settle", *(word.format(info=number) for word in words), code=1)

    assert said in refused.err
    assert one("title-citation")["settled_at"] is None


def test_a_plan_shows_its_open_findings_and_what_to_type_next() -> None:
    shown = cchc("plan", "show").out

    assert "điểm đã xử lý" in shown
    assert json.dumps(one("units-glued")["id"]) in shown
    assert "cchc plan settle" in shown
