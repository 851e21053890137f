"""Settling doubts on pages, beside the words that they came from."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from domain.findings import LONGEST_NOTE
from domain.plans import Finding, Milestone, Severity, Source, Stage, TaskKind
from models.database import transaction
from services.documents import StoredFile
from services.findings import findings
from services.people import Ward
from services.plans import import_plan, plans
from tests.builders import GROUP, NOW, occurrence, office, plan_of, task
from tests.web.conftest import Browse, Browser, words_of

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
BLOCKING = Finding("number-gap", Severity.BLOCKING, "Sau số 1 là số 3.", None, HOSTILE, Source(1, 12, 3))
CHECK = Finding("report-assumed", Severity.CHECK, "Ngày báo cáo tạm tính.", "II.2", "Quý  I/2026")
GROUPED = Finding("group-lead", Severity.CHECK, "Chủ trì là nhóm.", "V.2", "Các phòng chuyên môn")
INFO = Finding("citation", Severity.INFO, "Ngày của văn bản viện dẫn.", "II.2", "22/12/2024")
ROW = replace(
    task("II.2", occurrences=[occurrence()]),
    title=f"Nhiệm vụ {HOSTILE}",
    time_text="Trước\nQuý I/2026",
    milestones=(Milestone("deadline", "Quý I/2026", Stage.PLAN, due=date(2026, 3, 31)),),
)
TASKS = (ROW, task("V.2", lead=GROUP, occurrences=[occurrence()]), task("VI.3", TaskKind.UNSPECIFIED))

Draft = Callable[..., int]


@pytest.fixture
def draft(engine: Engine) -> Draft:
    """Give a function that imports a draft with doubts into a ward with people; it returns the plan's id."""

    def imported(*found: Finding, people: bool = True) -> int:
        reading = plan_of(*TASKS, findings=found or (BLOCKING, CHECK, GROUPED, INFO), number="9/QĐ-UBND")
        later = replace(reading, decision=replace(reading.decision, year=2027))
        with transaction(engine) as connection:
            if people:
                office(connection, plan_of(task("I.1")))
            source = StoredFile("1" * 64, 1, "qd.txt", "text/plain")
            return import_plan(connection, later, source, by=None, now=NOW).plan_id

    return imported


def at(plan: int, **query: object) -> str:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/plan/{plan}/findings" + (f"?{asked}" if asked else "")


class Desk:
    """A person before the page of a plan's findings."""

    def __init__(self, browser: Browser, plan: int) -> None:
        self.browser, self.plan = browser, plan

    @property
    def rows(self) -> dict[str, Any]:
        with transaction(self.browser.engine) as connection:
            ward = connection.exec_driver_sql(
                "SELECT ward_id FROM cchc.plan WHERE id = %s", (self.plan,)
            ).scalar_one()
            found = findings(connection, Ward(ward, "x", "x"), self.plan)
        return {row.code: row for row in found}

    def id(self, code: str) -> int:
        return int(self.rows[code].id)

    def decide(self, code: str, verdict: str = "confirmed", **fields: str) -> Any:
        path = f"/plan/{self.plan}/findings/{self.id(code)}"
        given = {"verdict": verdict, "by": "dieuphoi", "scope": "one", **fields}
        return self.browser.send(path, shown=at(self.plan), **given)

    def reopen(self, code: str, reason: str = "Nhầm") -> Any:
        path = f"/plan/{self.plan}/findings/{self.id(code)}/reopen"
        return self.browser.send(path, shown=at(self.plan), reason=reason, by="dieuphoi")

    def activate(self, **fields: str) -> Any:
        return self.browser.send(f"/plan/{self.plan}/activate", shown=at(self.plan), **fields)


@pytest.fixture
def desk(draft: Draft, browse: Browse) -> Desk:
    return Desk(browse(), draft())


def test_a_finding_stands_beside_its_row_with_the_doubtful_words_marked(desk: Desk) -> None:
    page = desk.browser.page(at(desk.plan, finding=desk.id("report-assumed")))

    assert "Trước\n<mark>Quý I/2026</mark>" in page
    text = words_of(page)
    assert "Trong văn bản Nhiệm vụ II.2 Nội dung Nhiệm vụ" in text
    assert "“Quý I/2026”: thời hạn; bước ban hành kế hoạch; chậm nhất 31/03/2026" in text
    assert "Báo cáo kết quả · Năm 2026: thứ Tư 09/12/2026" in text
    assert "Xác nhận nghĩa là: lấy kỳ báo cáo cuối cùng của năm" in text
    assert f'href="/documents/{"1" * 64}"' in page


def test_words_that_no_cell_holds_are_shown_with_where_they_stand(desk: Desk) -> None:
    text = desk.browser.text(at(desk.plan, finding=desk.id("number-gap")))

    assert f"Lời văn {HOSTILE}" in text
    assert "Vị trí bảng 1, dòng 12, trang 3" in text


def test_what_a_document_says_is_never_markup(desk: Desk) -> None:
    for code in ("number-gap", "report-assumed"):
        page = desk.browser.page(at(desk.plan, finding=desk.id(code), state="all"))
        assert "<script>" not in page
        assert not re.search(r"<img", page)
        assert "&lt;script&gt;alert(1)" in page


def test_progress_says_what_is_left(desk: Desk) -> None:
    assert "Còn 1 điểm phải xử lý , 2 điểm cần xem , 1 điểm để biết; đã xử lý 0/4." in desk.browser.text(
        at(desk.plan)
    )
    desk.decide("number-gap", note="Đủ")
    assert "Còn 0 điểm phải xử lý , 2 điểm cần xem , 1 điểm để biết; đã xử lý 1/4." in desk.browser.text(
        at(desk.plan)
    )


def test_a_decision_leads_on_to_the_next_finding_and_is_told(desk: Desk) -> None:
    first, second = desk.id("number-gap"), desk.id("report-assumed")
    shown = desk.browser.page(at(desk.plan))
    assert f'<input type="hidden" name="next" value="{second}">' in shown

    answer = desk.decide("number-gap", "dismissed", note="Bản giấy vậy", next=str(second))

    assert answer.status_code == 303
    assert answer.headers["location"] == at(desk.plan, finding=second, done=first)
    text = desk.browser.text(answer.headers["location"])
    assert f"Đã ghi quyết định về điểm số {first}: không phải vấn đề." in text
    assert f"Điểm số {second} cần xem lại" in text
    row = desk.rows["number-gap"]
    assert (row.verdict, row.settlement, row.settled_by_name) == ("dismissed", "Bản giấy vậy", "dieuphoi")


def test_clicking_twice_records_once(desk: Desk) -> None:
    for _ in range(2):
        assert desk.decide("number-gap", note="Đủ").status_code == 303
    assert len(desk.rows["number-gap"].decisions) == 1


def test_whoever_comes_second_reads_who_decided_what(desk: Desk) -> None:
    desk.decide("number-gap", note="Đủ dòng")

    answer = desk.decide("number-gap", "dismissed", note="Khác", by="dieuphoi-vh")

    assert answer.status_code == 409
    assert "đã được “dieuphoi” xử lý trước: đúng như đã đọc (“Đủ dòng”)" in words_of(answer.text)
    assert desk.rows["number-gap"].settlement == "Đủ dòng"


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"note": ""}, 409, "Phải ghi lý do"),
        ({"note": "x" * (LONGEST_NOTE + 1)}, 422, "không dài quá 2000 ký tự"),
        ({"note": "x", "by": "thanhtra"}, 403, "không được làm việc này"),
        ({"note": "x", "verdict": "perhaps"}, 422, "chọn một trong ba cách"),
        ({"note": "x", "due": "hôm qua", "target": "report|"}, 422, "viết ngày/tháng/năm"),
        ({"note": "x", "due": "2026-06-30"}, 422, "chọn bước và kỳ"),
    ],
)
def test_what_is_refused_is_said_on_the_page_and_nothing_typed_is_lost(
    desk: Desk, fields: dict[str, str], status: int, said: str
) -> None:
    answer = desk.decide("number-gap", **{"verdict": "dismissed", **fields})

    assert answer.status_code == status
    assert said in words_of(answer.text)
    if fields["note"] and "by" not in fields:
        assert f">{fields['note']}</textarea>" in answer.text
    assert desk.rows["number-gap"].settled_at is None


def test_a_date_is_set_with_the_decision_for_every_unit_of_a_group(draft: Draft, browse: Browse) -> None:
    plan = draft(replace(CHECK, task="V.2"))
    desk = Desk(browse(), plan)
    page = desk.browser.page(at(plan))
    assert '<option value="report|Năm 2026">Báo cáo kết quả · Năm 2026 (3 đơn vị)</option>' in page

    answer = desk.decide("report-assumed", "corrected", due="2026-06-30", target="report|Năm 2026")

    assert answer.status_code == 303
    text = desk.browser.text(at(plan, state="all"))
    assert "Báo cáo kết quả · Năm 2026 (3 đơn vị): thứ Ba 30/06/2026" in text
    assert desk.rows["report-assumed"].verdict == "corrected"


def test_a_task_that_names_no_day_may_be_given_one(draft: Draft, browse: Browse) -> None:
    desk = Desk(browse(), draft(Finding("unspecified", Severity.CHECK, "Chưa có ngày.", "VI.3")))

    answer = desk.decide("unspecified", "corrected", due="30/6/2026", target="report|")

    assert answer.status_code == 303
    assert "Báo cáo kết quả · Năm 2027: thứ Ba 30/06/2026" in desk.browser.text(at(desk.plan, state="all"))


def test_all_of_a_kind_are_settled_by_one_button(draft: Draft, browse: Browse) -> None:
    desk = Desk(browse(), draft(GROUPED, replace(GROUPED, message="Nhóm khác."), BLOCKING))
    page = desk.browser.page(at(desk.plan, finding=desk.id("group-lead")))
    assert "Ghi cho cả 2 điểm cùng loại" in page

    answer = desk.decide("group-lead", scope="alike", note="Cả hai nhóm")

    assert answer.status_code == 303
    with transaction(desk.browser.engine) as connection:
        settled = connection.exec_driver_sql("SELECT count(*) FROM cchc.finding WHERE verdict = 'confirmed'")
        assert settled.scalar_one() == 2


def test_a_decision_is_taken_back_with_a_reason_and_stays_to_be_read(desk: Desk) -> None:
    desk.decide("number-gap", note="Đủ dòng")

    assert desk.reopen("number-gap", " ").status_code == 409
    answer = desk.reopen("number-gap", "Đếm lại thiếu")

    assert answer.status_code == 303
    text = desk.browser.text(answer.headers["location"])
    assert "dieuphoi : đúng như đã đọc “Đủ dòng”" in text
    assert "dieuphoi : mở lại “Đếm lại thiếu”" in text
    assert "Còn 1 điểm phải xử lý" in text


def test_a_draft_is_brought_into_force_from_the_page_once_nothing_blocks_it(desk: Desk) -> None:
    assert "<button>Đưa kế hoạch vào thực hiện" not in desk.browser.page(at(desk.plan))
    refused = desk.activate(by="dieuphoi")
    assert refused.status_code == 409
    assert "Sau số 1 là số 3." in words_of(refused.text)

    desk.decide("number-gap", note="Đủ")
    assert "<button>Đưa kế hoạch vào thực hiện" in desk.browser.page(at(desk.plan))
    assert desk.activate(by="chutich").status_code == 403
    answers = [desk.activate(by="dieuphoi") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    text = desk.browser.text(at(desk.plan))
    assert "(đang thực hiện)" in text
    assert "2 điểm cần xem" in text
    assert desk.decide("group-lead").status_code == 303


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, ["number-gap", "report-assumed", "group-lead", "citation"]),
        ({"severity": "check"}, ["report-assumed", "group-lead"]),
        ({"task": "II.2"}, ["report-assumed", "citation"]),
        ({"code": "group-lead"}, ["group-lead"]),
        ({"state": "settled"}, []),
        ({"task": "nix"}, []),
    ],
)
def test_findings_are_filtered_in_the_address(desk: Desk, query: dict[str, str], shown: list[str]) -> None:
    page = desk.browser.page(at(desk.plan, **query))

    listed = re.findall(r'finding=(\d+)#one">', page)
    assert listed == [str(desk.id(code)) for code in shown]


def test_what_is_not_there_is_not_found(desk: Desk, draft: Draft) -> None:
    one, plan = desk.id("number-gap"), desk.plan
    for path in (
        at(plan + 1000),
        at(plan, finding=one + 1000),
        f"/plan/{plan}/activate",
        "/plan/0/findings",
        f"/plan/{10**30}/findings",
        at(plan, state="maybe"),
        at(plan, severity="grave"),
    ):
        assert desk.browser.get(path).status_code in {404, 405, 422}, path
    given = {"verdict": "confirmed", "note": "x", "reason": "x", "by": "dieuphoi"}
    for path in (
        f"/plan/{plan + 1000}/findings/{one}",
        f"/plan/{plan}/findings/{one + 1000}",
        f"/plan/{plan + 1000}/findings/{one}/reopen",
        f"/plan/1/findings/{one}/reopen",
    ):
        answer = desk.browser.send(path, shown=at(plan), **given)
        assert answer.status_code == 404


def test_another_wards_findings_are_neither_shown_nor_settled(draft: Draft, browse: Browse) -> None:
    plan = draft()
    browser = browse(ward="thu-nghiem")
    with transaction(browser.engine) as connection:
        other = office(connection, plan_of(task("I.1"), issuer="UBND phường Khác", findings=[GROUPED]))
        (row,) = findings(connection, other.ward, other.plan_id)

    assert browser.get(at(other.plan_id)).status_code == 404
    for number in (plan, other.plan_id):
        path = f"/plan/{number}/findings/{row.id}"
        given = {"verdict": "confirmed", "note": "x", "by": "dieuphoi"}
        assert browser.send(path, shown=at(plan), **given).status_code == 404
    with transaction(browser.engine) as connection:
        (row,) = findings(connection, other.ward, other.plan_id)
        assert row.settled_at is None
        assert len(plans(connection, other.ward)) == 1


def test_the_short_address_leads_to_what_waits(desk: Desk) -> None:
    answer = desk.browser.get("/plan/findings", follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, at(desk.plan))


def test_the_first_page_says_what_waits_and_leads_there(desk: Desk) -> None:
    page = desk.browser.page("/")

    text = "Bản nháp Quyết định 9/QĐ-UBND chờ đưa vào thực hiện: còn 1 điểm phải xử lý, 2 điểm cần xem."
    assert text in words_of(page)
    assert f'href="{at(desk.plan)}"' in page
