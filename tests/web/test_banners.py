from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from domain.plans import Finding, Severity
from models.database import transaction
from services.people import Ward
from tests.builders import NOW, occurrence, plan_of, task
from tests.web.conftest import Browse, Browser


@pytest.fixture
def browser(started: Callable[..., Ward], browse: Browse) -> Browser:
    """Give a browser right after a plan was activated: its opening letters wait to be sent."""
    started(plan_of(task("I.1", occurrences=[occurrence()])))
    return browse()


def change(engine: Engine, statement: str) -> None:
    with transaction(engine) as connection:
        connection.exec_driver_sql(statement, {"now": NOW})


def test_letters_that_wait_are_no_trouble_for_a_quarter_of_an_hour(browser: Browser) -> None:
    browser.now = NOW + timedelta(minutes=14)
    soon = browser.text("/plan")
    browser.now = NOW + timedelta(minutes=15)

    assert "chưa gửi được" not in soon
    for path in ("/", "/plan", "/running", "/calendar"):
        assert "2 thông báo qua thư điện tử chưa gửi được, chờ từ 09:00 ngày 02/03/2026." in browser.text(
            path
        )


def test_a_letter_that_is_tried_again_and_again_waits_since_the_first_try(
    browser: Browser, engine: Engine
) -> None:
    change(
        engine,
        "UPDATE cchc.outbox SET state = 'sent' WHERE channel = 'email' AND recipient LIKE 'dieuphoi@%%'",
    )
    change(
        engine,
        "WITH again AS (UPDATE cchc.outbox SET state = 'retry', not_before = %(now)s::timestamptz"
        " + interval '2 hours' WHERE channel = 'email' AND state = 'pending' RETURNING ward_id, id)"
        " INSERT INTO cchc.delivery (ward_id, outbox_id, attempt, tried_at, outcome, answer)"
        " SELECT ward_id, id, 1, %(now)s, 'retry', '451' FROM again",
    )
    browser.now = NOW + timedelta(minutes=20)

    assert "1 thông báo qua thư điện tử chưa gửi được, chờ từ 09:00" in browser.text("/plan")


def test_what_is_to_leave_later_is_no_trouble(browser: Browser, engine: Engine) -> None:
    change(engine, "UPDATE cchc.outbox SET not_before = %(now)s::timestamptz + interval '1 day'")
    browser.now = NOW + timedelta(hours=20)

    assert "chưa gửi được" not in browser.text("/plan")


def test_a_channel_that_is_held_says_so_on_every_page_with_no_address(
    browser: Browser, engine: Engine
) -> None:
    change(
        engine,
        "INSERT INTO cchc.channel_state (name, enabled, held_since, held_code, held_why, changed_at)"
        " VALUES ('zalo-group', true, %(now)s, '-240', 'Gói OA hết hạn, gọi 0912345678.', %(now)s)",
    )

    for path in ("/", "/plan", "/outbox"):
        text = browser.text(path)
        assert "Kênh nhóm Zalo tạm giữ từ 09:00 ngày 02/03/2026. Lý do: Gói OA hết hạn" in text
        assert "0912345678" not in text


def test_messages_on_a_channel_that_nobody_empties_are_seen_too(browser: Browser, engine: Engine) -> None:
    change(engine, "UPDATE cchc.outbox SET channel = 'zalo-bot' WHERE channel = 'email'")
    browser.now = NOW + timedelta(hours=1)

    assert "2 thông báo qua Zalo Bot chưa gửi được" in browser.text("/plan")


def test_a_grant_that_is_lost_leads_every_page_to_its_mending(browser: Browser, engine: Engine) -> None:
    change(
        engine,
        "INSERT INTO cchc.zalo_grant (app_id, oa_id, state, generation)"
        " VALUES ('1', '2', 'needs-consent', 3)",
    )

    browser.as_ = "quantri"
    page = browser.page("/plan")

    assert "Zalo OA không cho gửi tin" in page
    assert 'href="/zalo"' in page


def test_the_first_page_counts_what_reached_nobody_until_something_stands_in(
    browser: Browser, engine: Engine
) -> None:
    lost = "UPDATE cchc.outbox SET state = '{}', settled_at = %(now)s WHERE channel = 'email' AND id = {}"
    with engine.connect() as connection:
        ids = connection.exec_driver_sql("SELECT id FROM cchc.outbox WHERE channel = 'email' ORDER BY id")
        failed, unknown, *_ = ids.scalars()
    change(engine, lost.format("failed", failed))
    change(engine, lost.format("unknown", unknown))

    page = browser.text("/")
    assert "1 thông báo trong 7 ngày qua không gửi được bằng cách nào." in page
    assert "1 thông báo trong 7 ngày qua chưa rõ đã tới hay chưa" in page
    change(engine, f"UPDATE cchc.outbox SET replaces = {failed} WHERE id = {unknown}")
    assert "không gửi được bằng cách nào" not in browser.text("/")
    browser.now = NOW + timedelta(days=8)
    assert "chưa rõ đã tới" not in browser.text("/")


@pytest.mark.parametrize("name", ["lan", "chutich", "thanhtra"])
def test_who_cannot_mend_a_channel_reads_one_sentence_whom_to_ask(
    browser: Browser, engine: Engine, name: str
) -> None:
    change(
        engine,
        "INSERT INTO cchc.channel_state (name, enabled, held_since, held_code, held_why, changed_at)"
        " VALUES ('zalo-group', true, %(now)s, '-240', 'Gói OA hết hạn.', %(now)s)",
    )
    browser.now = NOW + timedelta(hours=27)  # letters wait, and no morning run was seen

    browser.as_ = name
    text = browser.text("/")

    assert text.count("Cần hỏi thì liên hệ điều phối của phường.") == 1
    assert not any(said in text for said in ("tạm giữ từ", "chưa gửi được", "Lượt nhắc việc buổi sáng"))
    browser.as_ = "dieuphoi"
    assert "Cần hỏi thì liên hệ" not in browser.text("/")


def test_who_cannot_settle_doubts_is_not_told_of_them(started: Callable[..., Ward], browse: Browse) -> None:
    doubt = Finding("group-lead", Severity.CHECK, "Chủ trì là nhóm.")
    started(plan_of(task("I.1", occurrences=[occurrence()]), findings=[doubt]))

    assert "Kế hoạch còn 1 điểm cần người xem lại." in browse().text("/tasks")
    assert "điểm cần người xem lại" not in browse(as_="lan").text("/tasks")
