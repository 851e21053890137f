"""The auditor's room: what the log says, whether it was changed, and a task's whole story."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from threading import Event

import psycopg
import pytest
from sqlalchemy import Engine

from domain.people import Action
from domain.plans import Stage
from models.database import transaction
from models.history import SYSTEM
from services import audit
from services.documents import DocumentStore
from services.due_dates import set_date
from services.extensions import request as ask_extension
from services.history import record
from services.people import Ward
from services.stages import Submission, accept, send_back, submit
from services.tasks import find_occurrence
from tests.builders import CULTURE, NOW, OFFICE, TODAY, occurrence, plan_of, task
from tests.waiting import LONGEST_S
from tests.web.conftest import Browse, Browser, words_of
from web.history import who

PLAN = plan_of(
    task("I.1", occurrences=[occurrence("Quý I/2026", plan=date(2026, 3, 10))]),
    task("II.2", lead=CULTURE, occurrences=[occurrence()]),
)


@pytest.fixture
def ward(started: Callable[..., Ward], engine: Engine, browse: Browse) -> Ward:
    """Give a ward in which I.1's plan was returned once, accepted then, and its report's date moved."""
    store = DocumentStore(browse(as_=None).settings.data / "documents")
    ward = started(PLAN, source=store.keep(BytesIO(b"16/QD"), "qd.txt"))
    with transaction(engine) as connection:
        place = find_occurrence(connection, ward, "I.1", Stage.PLAN, Action.SUBMIT, label=None, by="lan")

        def hand_in(**more: object) -> None:
            wanted = Submission(place, Stage.PLAN, TODAY - timedelta(days=3), **more)  # type: ignore[arg-type] # a submission's own fields
            submit(connection, ward.id, wanted, by="lan", today=TODAY, now=NOW)

        hand_in(doc_number="12/KH", doc_date=date(2026, 2, 27))
        send_back(
            connection, ward.id, place, Stage.PLAN, by="chutich", reason="Thiếu <b>phụ lục</b>", now=NOW
        )
        hand_in(files=[store.keep(BytesIO(b"x"), "kế hoạch.pdf")])
        accept(connection, ward.id, place, Stage.PLAN, by="chutich", now=NOW)
        set_date(
            connection, ward, "I.1", Stage.REPORT, date(2026, 12, 20), reason="Thành phố lùi hạn",
            by="dieuphoi", today=TODAY, now=NOW,
        )  # fmt: skip # short values read best packed
    return ward


@pytest.fixture
def auditor(ward: Ward, browse: Browse) -> Browser:
    return browse(as_="thanhtra")


def remind(engine: Engine, ward: Ward) -> None:
    """Let a reminder about I.1 have gone out and been confirmed, as it stands in the tables."""
    with transaction(engine) as connection:
        connection.exec_driver_sql(
            "WITH b AS (INSERT INTO cchc.outbox (ward_id, occurrence_id, stage, reason, step, recipient,"
            " channel, state, attempts, created_at) SELECT %(ward)s, o.id, 'plan', 'reminder', 'x',"
            " 'vp@phuong.vn', 'email', 'sent', 1, %(now)s FROM cchc.occurrence o"
            " JOIN cchc.task t ON t.id = o.task_id"
            " WHERE t.code = 'I.1' RETURNING ward_id, id), d AS ("
            " INSERT INTO cchc.delivery (ward_id, outbox_id, attempt, tried_at, outcome, answer, subject)"
            " SELECT ward_id, id, 1, %(now)s, 'sent', '250 Ok', 'Nhắc việc' FROM b)"
            " INSERT INTO cchc.receipt (ward_id, outbox_id, kind, at, source, recorded_at)"
            " SELECT ward_id, id, 'acknowledged', %(now)s, 'link', %(now)s FROM b",
            {"ward": ward.id, "now": NOW},
        )


def verify(browser: Browser) -> str:
    answer = browser.send("/audit/verify", shown="/audit")
    assert (answer.status_code, answer.headers["location"]) == (303, "/audit")
    return browser.text("/audit")


def tamper(database_url: str, statement: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(statement)  # type: ignore[call-overload] # a constant of this file


def positions(browser: Browser, query: str) -> list[int]:
    page = browser.page(f"/audit?{query}")
    return [int(each) for each in re.findall(r'class="position" href="/audit/events/(\d+)"', page)]


def test_a_clean_log_is_said_to_show_no_change_by_whom_and_when(auditor: Browser) -> None:
    assert "Chưa kiểm tra lần nào ở máy này." in auditor.text("/audit")

    text = verify(auditor)

    assert "Không phát hiện sửa đổi. Kiểm tra lần cuối lúc 09:00 ngày 02/03/2026 do thanhtra bấm" in text
    assert "không thể sửa" not in text
    assert "thanhtra (kiểm tra) : Kiểm tra toàn bộ nhật ký: không phát hiện sửa đổi" in text


def test_a_changed_event_is_found_and_named_by_its_position(auditor: Browser, database_url: str) -> None:
    tamper(
        database_url,
        "UPDATE cchc.audit_event SET body = replace(body, '12/KH', '13/KH') WHERE body LIKE '%12/KH%'",
    )
    position = positions(auditor, "kind=stage.submitted")[-1]

    text = verify(auditor)

    assert f"PHÁT HIỆN ĐƯỢC SỬA ĐỔI, từ vị trí {position}." in text
    assert f"Vị trí {position}: nội dung không khớp với mã băm đã lưu" in text
    assert "PHÁT HIỆN ĐƯỢC SỬA ĐỔI: nội dung không khớp" in auditor.text(f"/audit/events/{position}")


def test_whatever_was_put_into_the_log_can_be_looked_at(auditor: Browser, database_url: str) -> None:
    odd = '{"actor": {}, "facts": {"occurrence": "x"}}'
    for body in ("", "{", "[]", "null", '{"facts": 1}', odd):
        tamper(
            database_url,
            f"UPDATE cchc.audit_event SET body = '{body}', recorded_at = 'infinity' WHERE position >= 2",
        )

        assert "Nội dung không đọc được như khi được ghi" in auditor.text("/audit"), body
        for path in ("/audit/events/2", "/audit?person=lan", "/audit?since=2026-01-01", "/audit/log.csv"):
            assert auditor.get(path).status_code == 200, (path, body)


def test_each_filter_of_the_log_keeps_what_fits(auditor: Browser) -> None:
    everything = positions(auditor, "")
    assert everything == sorted(everything, reverse=True)
    assert everything[-1] == 0

    handed_in = positions(auditor, "kind=stage.submitted")
    assert len(handed_in) == 2
    assert set(handed_in) < set(positions(auditor, "kind=stage"))
    assert set(handed_in) <= set(positions(auditor, "person=lan"))
    assert not set(positions(auditor, "person=lan")) & set(positions(auditor, "person=chutich"))
    assert set(handed_in) < set(positions(auditor, "task=I.1"))
    assert not set(handed_in) & set(positions(auditor, "task=II.2"))
    assert positions(auditor, "task=IX.9") == []
    assert set(handed_in) <= set(positions(auditor, "since=2026-03-02&until=2026-03-02"))
    assert positions(auditor, "since=2/3/2026&until=02.03.2026") == positions(
        auditor, "since=2026-03-02&until=2026-03-02"
    )
    assert 'value="2026-03-02"' in auditor.page("/audit?since=2/3/2026")  # as a date field takes it
    assert positions(auditor, "since=2026-03-03&kind=stage") == []
    assert positions(auditor, "position=3") == [3, 2, 1, 0]
    assert 0 in positions(auditor, "person=system")


def test_a_filter_that_there_is_not_is_refused_in_words(auditor: Browser) -> None:
    for query in ("kind=%27x", "person=ai-do", "since=hom-qua", "position=-1", "until=0001-01-01"):
        answer = auditor.get(f"/audit?{query}")
        assert answer.status_code == 422, query
        assert "không đúng" in answer.text, query
    assert "viết ngày/tháng/năm, ví dụ 31/3/2026" in auditor.get("/audit?since=hom-qua").text


def test_a_long_log_stands_on_pages(auditor: Browser, ward: Ward, engine: Engine) -> None:
    with transaction(engine) as connection:
        for _ in range(110):
            record(connection, ward.id, "x.tested", {}, actor=SYSTEM, now=NOW)
    page = auditor.page("/audit?kind=x.tested")

    older = re.search(r'class="act" href="(/audit[^"]+)">Cũ hơn', page)
    assert older
    assert len(positions(auditor, "kind=x.tested")) == 100
    assert len(positions(auditor, older[1].replace("&amp;", "&").partition("?")[2])) == 10


def test_an_event_is_shown_as_it_was_hashed_and_in_words(auditor: Browser, engine: Engine) -> None:
    position = positions(auditor, "kind=stage.submitted")[-1]
    with engine.connect() as connection:
        body = connection.exec_driver_sql(
            "SELECT body FROM cchc.audit_event WHERE position = %(position)s", {"position": position}
        ).scalar_one()

    page = auditor.page(f"/audit/events/{position}")

    assert body in words_of(page)
    assert "lan (cán bộ đơn vị) : Nộp bước “Ban hành kế hoạch”, lần 1" in words_of(page)
    assert "khớp với nội dung" in words_of(page)
    assert "Bước Ban hành kế hoạch" in words_of(page)
    assert "Lần nộp 1" in words_of(page)
    assert json.loads(body)["position"] == position
    assert auditor.get("/audit/events/99999").status_code == 404


def test_a_tasks_story_tells_what_was_expected_what_came_and_what_was_said(
    auditor: Browser, ward: Ward, engine: Engine
) -> None:
    remind(engine, ward)
    page = auditor.page("/audit/tasks/I.1")
    text = words_of(page)

    for said in (
        "Ban hành kế hoạch 10/03/2026 10/03/2026 27/02/2026 09:00 ngày 02/03/2026 đã nghiệm thu",
        "lan nộp lần 1, không quá hạn thực hiện ngày 27/02/2026, ghi nhận sau 3 ngày; văn bản số 12/KH",
        "chutich trả lại lần 1 Lý do: Thiếu <b>phụ lục</b>",
        "chutich nghiệm thu lần 2",
        "dieuphoi đặt hạn từ 09/12/2026 thành 20/12/2026 Lý do: Thành phố lùi hạn",
        "Thông báo “nhắc thời hạn” qua thư điện tử đến vp@phuong.vn: đã gửi",
        "đến vp@phuong.vn: đã xác nhận đã nhận",
        "kế hoạch.pdf",
    ):
        assert said in text, said
    assert "<b>phụ lục</b>" not in page
    assert re.search(r'/documents/[0-9a-f]{64}">kế hoạch.pdf', page)


def test_an_extension_stands_in_the_story(auditor: Browser, ward: Ward, engine: Engine) -> None:
    with transaction(engine) as connection:
        place = connection.exec_driver_sql(
            "SELECT o.id FROM cchc.occurrence o JOIN cchc.task t ON t.id = o.task_id WHERE t.code = 'I.1'"
        ).scalar_one()
        asked = {"until": date(2026, 12, 31), "reason": "Chờ hướng dẫn", "by": "lan"}
        ask_extension(connection, ward, place, Stage.REPORT, **asked, today=TODAY, now=NOW)  # type: ignore[arg-type] # as named

    text = auditor.text("/audit/tasks/I.1")

    assert "lan đề nghị gia hạn từ 20/12/2026 đến 31/12/2026 Lý do: Chờ hướng dẫn" in text


def test_the_log_comes_as_a_file_whole_however_long_it_is(
    auditor: Browser, ward: Ward, engine: Engine
) -> None:
    with transaction(engine) as connection:
        connection.exec_driver_sql(
            "SELECT cchc.append_audit(%(ward)s, %(now)s, %(actor)s,"
            " array_fill('x.tested'::text, ARRAY[2500]),"
            " array_fill('{}'::text, ARRAY[2500]))",
            {"ward": ward.id, "now": NOW, "actor": SYSTEM},
        )

    answer = auditor.get("/audit/log.csv")

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert [int(row[0]) for row in rows[1:]] == list(range(len(rows) - 2, -1, -1))
    assert len(rows) > 2500
    assert json.loads(rows[-1][7])["position"] == 0


def test_a_verification_that_takes_long_says_so_and_is_not_begun_twice(
    auditor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, begun, times, real = Event(), Event(), [], audit.verify_one

    def slow(*given: object) -> object:
        times.append(1)
        begun.set()
        go.wait(LONGEST_S)
        return real(*given)  # type: ignore[arg-type] # as it was called

    monkeypatch.setattr(audit, "verify_one", slow)
    work = auditor.client.app.state.web.work  # type: ignore[attr-defined] # it is our application
    work.patience = 0
    for _ in range(2):
        assert auditor.send("/audit/verify", shown="/audit").headers["location"] == "/audit"
    page = auditor.page("/audit")
    assert 'http-equiv="refresh"' in page
    assert "Đang tính lại toàn bộ nhật ký" in words_of(page)
    assert begun.wait(LONGEST_S)
    assert len(times) == 1

    go.set()
    work.patience = LONGEST_S
    assert "Không phát hiện sửa đổi." in verify(auditor)


def test_names_stand_beside_the_log_and_never_in_it(auditor: Browser, engine: Engine) -> None:
    verify(auditor)
    with engine.connect() as connection:
        bodies = connection.exec_driver_sql("SELECT string_agg(body, ' ') FROM cchc.audit_event").scalar_one()

    assert "thanhtra" not in bodies
    assert OFFICE not in bodies


def test_who_typed_a_command_is_told_beside_the_name_that_was_given() -> None:
    typed = {"id": 4, "role": "leader", "via": "command:1000"}

    assert who(typed, {4: "chutich"}) == "chutich (lãnh đạo), bằng lệnh, tài khoản máy số 1000"
    assert who({"id": 0, "role": "system", "via": "command:0"}, {}).endswith(
        ", bằng lệnh, tài khoản máy số 0"
    )
    assert who({"id": 4, "role": "leader"}, {4: "chutich"}) == "chutich (lãnh đạo)"


def test_what_a_command_did_by_itself_is_found_among_what_the_program_did(
    ward: Ward, database_url: str, browse: Browse
) -> None:
    with psycopg.connect(database_url, options="-c cchc.via=command:7") as connection:
        connection.execute(
            "SELECT cchc.append_audit(%s, now(), %s, ARRAY['zalo.refreshed'], ARRAY['{}'])", (ward.id, SYSTEM)
        )

    assert "tài khoản máy số 7" in browse(as_="thanhtra").text("/audit?person=system")
