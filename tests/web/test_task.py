from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine

from domain.people import Action
from domain.plans import Milestone, Stage, TaskKind
from models.database import transaction
from services.documents import DocumentStore, StoredFile
from services.due_dates import set_date
from services.engine import record_run
from services.events import EventRequest, raise_event
from services.people import Ward
from services.stages import Submission, accept, send_back, submit
from services.tasks import find_occurrence
from tests.builders import CENTRE, CULTURE, GROUP, NOW, OFFICE, TODAY, occurrence, plan_of, task
from tests.web.conftest import Browse, Browser

HOSTILE = "<script>alert('x').docx"
LATER = datetime(2026, 3, 20, 3, 30, tzinfo=UTC)


class Life:
    """One occurrence of I.1 and those who handle it."""

    def __init__(self, connection: Connection, ward: Ward, store: DocumentStore) -> None:
        self.connection, self.ward, self.store = connection, ward, store
        self.occurrence = find_occurrence(
            connection, ward, "I.1", Stage.PLAN, Action.SUBMIT, label=None, by="lan"
        )

    def file(self, name: str, content: bytes) -> StoredFile:
        return self.store.keep(BytesIO(content), name)

    def submit(self, stage: Stage, on: date, **more: object) -> None:
        wanted = Submission(self.occurrence, stage, on, **more)  # type: ignore[arg-type] # a submission's own fields
        submit(self.connection, self.ward.id, wanted, by="lan", today=LATER.date(), now=LATER)

    def accept(self, stage: Stage) -> None:
        accept(self.connection, self.ward.id, self.occurrence, stage, by="chutich", now=LATER)

    def send_back(self, stage: Stage, reason: str) -> None:
        send_back(
            self.connection, self.ward.id, self.occurrence, stage, by="chutich", reason=reason, now=LATER
        )


@pytest.fixture
def browser(started: Callable[..., Ward], browse: Browse, engine: Engine) -> Browser:
    """Give a browser after a task was returned once, handed in late, and had its report's date moved."""
    reading = replace(
        task(
            "I.1", occurrences=[occurrence("Quý I/2026", plan=date(2026, 3, 10), implement=date(2026, 6, 1))]
        ),
        time_text="- Ban hành kế hoạch trước ngày 11/3/2026;\n- Báo cáo kết quả theo quy định",
        products=("Kế hoạch", "Báo cáo kết quả"),
        milestones=(
            Milestone("deadline", "trước ngày 11/3/2026", Stage.PLAN, due=date(2026, 3, 10)),
            Milestone(
                "recurring",
                "hằng quý",
                Stage.REPORT,
                recurrence="FREQ=MONTHLY;BYMONTH=3,6,9,12",
                due_rule="day 9",
            ),
            Milestone("deadline", "theo quy định", Stage.REPORT, due=date(2026, 12, 9), assumed=True),
        ),
    )
    ward = started(plan_of(reading, task("V.2", TaskKind.EVENT, lead=GROUP, event_types=["guidance"])))
    browser = browse(now=LATER)
    with transaction(engine) as connection:
        life = Life(connection, ward, DocumentStore(browser.settings.data / "documents"))
        life.submit(Stage.PLAN, date(2026, 3, 9), doc_number="12/KH-UBND", doc_date=date(2026, 3, 9))
        life.send_back(Stage.PLAN, "Thiếu phụ lục <b>số 2</b>")
        files = [life.file(HOSTILE, b"first"), life.file("Kế hoạch số 2.pdf", b"second")]
        life.submit(Stage.PLAN, date(2026, 3, 12), note="Bổ sung <script>phụ lục", files=files)
        life.accept(Stage.PLAN)
        life.submit(Stage.IMPLEMENT, date(2026, 3, 19))
        set_date(
            connection, ward, "I.1", Stage.REPORT, date(2026, 12, 20), reason="Thành phố lùi hạn",
            by="dieuphoi", today=LATER.date(), now=LATER,
        )  # fmt: skip # short values read best packed
        record_run(
            connection, ward.id, life.occurrence, UUID("019c0000-0000-7000-8000-000000000001"), at=LATER
        )
    return browser


def test_the_row_stands_as_in_the_decision(browser: Browser) -> None:
    page = browser.page("/tasks/I.1")

    assert "I.1. Nhiệm vụ số I.1" in page
    assert "- Ban hành kế hoạch trước ngày 11/3/2026;\n- Báo cáo kết quả theo quy định" in page
    for words in ("1/QĐ-UBND", OFFICE, CULTURE, "<li>Kế hoạch</li><li>Báo cáo kết quả</li>"):
        assert words in page


def test_the_page_says_how_the_time_was_read(browser: Browser) -> None:
    text = browser.text("/tasks/I.1")

    assert "“trước ngày 11/3/2026” thời hạn Ban hành kế hoạch chậm nhất 10/03/2026" in text
    assert "“hằng quý” định kỳ; hằng quý (tháng 3, 6, 9, 12); hạn là ngày 9 Báo cáo kết quả –" in text
    assert (
        "“theo quy định” thời hạn Báo cáo kết quả chậm nhất 09/12/2026 tạm tính, quyết định không ghi ngày"
        in text
    )


def test_each_submission_shows_when_it_happened_beside_when_it_was_recorded(browser: Browser) -> None:
    text = browser.text("/tasks/I.1")

    assert (
        "Lần 1 : lan nộp, thực hiện ngày 09/03/2026 đúng hạn Ghi nhận lúc 10:30 ngày 20/03/2026 "
        "Văn bản số 12/KH-UBND ngày 09/03/2026 "
        "bị trả lại chutich, lúc 10:30 ngày 20/03/2026. Lý do: Thiếu phụ lục <b>số 2</b>"
    ) in text
    assert "Lần 2 : lan nộp, thực hiện ngày 12/03/2026 quá hạn Ghi nhận lúc" in text
    assert "được nghiệm thu chutich" in text
    assert "Lần 1 : lan nộp, thực hiện ngày 19/03/2026 đúng hạn" in text
    assert "chờ nghiệm thu" in text


def test_a_stage_shows_its_date_now_as_written_and_every_former_one(browser: Browser) -> None:
    text = browser.text("/tasks/I.1")

    assert "Hạn nộp: còn 189 ngày làm việc (Chủ nhật 20/12)" in text
    assert "Theo quyết định: thứ Tư 09/12/2026" in text
    assert (
        "10:30 ngày 20/03/2026: dieuphoi đổi hạn từ 09/12/2026 thành 20/12/2026. Lý do: Thành phố lùi hạn"
        in text
    )


def test_a_late_finish_makes_the_occurrence_late_though_it_was_accepted(browser: Browser) -> None:
    assert f"Quý I/2026 {OFFICE} đang thực hiện quá hạn" in browser.text("/tasks/I.1")


def test_files_are_listed_with_their_digest_and_come_back_byte_for_byte_as_attachments(
    browser: Browser,
) -> None:
    page = browser.page("/tasks/I.1")

    links = re.findall(r'href="(/documents/([0-9a-f]{64}))"', page)
    answers = [browser.get(link) for link, _ in links]

    assert {answer.content for answer in answers} == {b"first", b"second"}
    assert all(digest in page.replace(f"/documents/{digest}", "") for _, digest in links)
    for answer in answers:
        assert answer.headers["content-disposition"].startswith("attachment; filename*=utf-8''")
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "\n" not in answer.headers["content-disposition"]


def test_names_notes_and_reasons_never_become_part_of_the_page(browser: Browser) -> None:
    page = browser.page("/tasks/I.1")

    assert "<script>" not in page
    assert "<b>số 2" not in page
    assert HOSTILE in browser.text("/tasks/I.1")
    assert "Bổ sung <script>phụ lục" in browser.text("/tasks/I.1")


def test_the_history_says_in_words_who_did_what_at_which_position(browser: Browser, engine: Engine) -> None:
    text = browser.text("/tasks/I.1").partition("Nhật ký")[2]
    with engine.connect() as connection:
        position = connection.exec_driver_sql(
            "SELECT position FROM cchc.audit_event WHERE kind = 'due.changed'"
        ).scalar_one()

    for words in (
        f"# {position} ".replace("# ", "#") + "10:30 ngày 20/03/2026 dieuphoi (điều phối) : "
        "Ấn định hạn bước “Báo cáo kết quả” từ 09/12/2026 thành 20/12/2026",
        "Hệ thống : Mở kỳ thực hiện “Quý I/2026”",
        "lan (cán bộ đơn vị) : Nộp bước “Ban hành kế hoạch”, lần 1: thực hiện ngày 09/03/2026, "
        "văn bản số 12/KH-UBND ngày 09/03/2026, đúng hạn (hạn 10/03/2026)",
        "lần 2: thực hiện ngày 12/03/2026, 2 tệp, quá hạn (hạn 10/03/2026)",
        "chutich (lãnh đạo) : Trả lại bước “Ban hành kế hoạch”, lần 1",
        "chutich (lãnh đạo) : Nghiệm thu bước “Ban hành kế hoạch”, lần 2",
    ):
        assert words in text


def test_runs_of_the_engine_are_named_for_administrators(browser: Browser) -> None:
    assert "019c0000-0000-7000-8000-000000000001" in browser.text("/tasks/I.1")


def test_an_event_shows_its_document_and_one_occurrence_for_each_unit_of_the_group(
    browser: Browser, engine: Engine, started: Callable[..., Ward]
) -> None:
    from services.people import the_ward

    before = browser.text("/tasks/V.2")
    with transaction(engine) as connection:
        ward = the_ward(connection, None)
        letter = DocumentStore(browser.settings.data / "documents").keep(BytesIO(b"letter"), "CV 77.pdf")
        words = ("guidance", "77/UBND-NV", date(2026, 3, 18), "UBND thành phố", "Rà soát vị trí việc làm")
        request = EventRequest(*words, file=letter)
        raise_event(connection, ward, request, by="dieuphoi", today=LATER.date(), now=LATER)

    text = browser.text("/tasks/V.2")

    assert "Chưa có văn bản, sự kiện nào được ghi nhận" in before
    assert "Các kỳ thực hiện (3)" in text
    for unit in (OFFICE, CULTURE, CENTRE):
        assert f"77/UBND-NV {unit} đang thực hiện trong hạn" in text
    assert "Văn bản hướng dẫn, chỉ đạo của cấp trên" in text
    assert "77/UBND-NV ngày 18/03/2026, UBND thành phố" in text
    assert "CV 77.pdf" in text
    assert f"theo văn bản đã ghi nhận 77/UBND-NV · {CULTURE}" in text


def test_what_was_sent_about_an_occurrence_stands_under_it(browser: Browser) -> None:
    text = browser.text("/tasks/I.1")

    assert "chờ gửi kết quả bị trả lại (Ban hành kế hoạch), đến dieuphoi@example.vn" in text


def test_addresses_and_what_servers_answer_are_for_those_who_see_messages(browser: Browser) -> None:
    with browser.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO cchc.delivery (ward_id, outbox_id, attempt, tried_at, outcome, answer)"
            " SELECT ward_id, id, 1, now(), 'failed', 'no such user <x@phuong.vn>' FROM cchc.outbox"
            " WHERE channel <> 'engine'"
        )
    browser.as_ = "thanhtra"
    assert "no such user <x@phuong.vn>" in browser.text("/tasks/I.1")

    browser.as_ = "lan"
    text = browser.text("/tasks/I.1")

    assert "chờ gửi kết quả bị trả lại (Ban hành kế hoạch), ghi lúc" in text
    assert "@" not in text


@pytest.mark.parametrize(
    "code", ["X.9", "I.1%27", "..%2f..%2fetc%2fpasswd", "%3Cscript%3E", "I.1?year=1999", "%F0%9F%92%A9"]
)
def test_a_task_that_there_is_not_is_a_page_that_says_so(browser: Browser, code: str) -> None:
    response = browser.get(f"/tasks/{code}")

    assert response.status_code == 404
    assert "Không tìm thấy" in response.text
    assert "<script>" not in response.text


def test_a_task_without_any_date_says_what_it_waits_for(started: Callable[..., Ward], browse: Browse) -> None:
    started(plan_of(task("VI.3", TaskKind.UNSPECIFIED)), today=TODAY, now=NOW)

    assert "cần người điều phối ấn định thời hạn" in browse().text("/tasks/VI.3")
