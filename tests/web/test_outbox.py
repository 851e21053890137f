from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from models.database import transaction
from services.people import Ward
from tests.builders import NOW, OFFICE, occurrence, plan_of, task
from tests.post import AGAIN, Post, Recorder, plan_with
from tests.web.conftest import Browse, Browser, words_of

FAR = {"now": NOW}


@pytest.fixture
def browser(browse: Browse, engine: Engine) -> Browser:
    """Give a browser after a morning of two tasks: one letter was put off, then sent."""
    with transaction(engine) as connection:
        plan_with(connection, 2, officer="vp@example.vn")
    post = Post(engine)
    post.morning()
    post.send(Recorder(AGAIN))
    with transaction(engine) as connection:
        connection.exec_driver_sql("UPDATE cchc.outbox SET not_before = %(now)s WHERE state = 'retry'", FAR)
    post.send(Recorder())
    return browse()


def ids(browser: Browser, query: str = "") -> list[int]:
    page = browser.page(f"/outbox{query}").partition('id="channels"')[0]
    return [int(each) for each in re.findall(r'data-label="Ghi lúc"><a href="/outbox/(\d+)"', page)]


def reminders(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        query = "SELECT id FROM cchc.outbox WHERE reason = 'reminder' ORDER BY id DESC"
        return list(connection.exec_driver_sql(query).scalars())


def change(engine: Engine, statement: str, **facts: object) -> None:
    with transaction(engine) as connection:
        connection.exec_driver_sql(statement, {"now": NOW, **facts})


def test_a_message_tells_every_try_with_the_providers_answer_and_the_hash_of_its_words(
    browser: Browser, engine: Engine
) -> None:
    first, second = reminders(engine)

    page = browser.page(f"/outbox/{first}")

    said = words_of(page)
    assert "Các lần gửi (2)" in said
    assert said.index("451 4.3.0 Try again later") < said.index("250 2.0.0 Ok · mã 4F1D2A9C")
    assert len(set(re.findall(r"[0-9a-f]{64}", said))) == 1
    assert f'<a href="/outbox/{second}">số {second}</a>' in page
    assert OFFICE in said
    assert "Chưa có tin báo nào" in said


def test_a_message_tells_what_became_of_it_and_how_sure_that_is(browser: Browser, engine: Engine) -> None:
    first, _ = reminders(engine)
    for kind, source in (("seen", "webhook"), ("opened", "link"), ("acknowledged", "link")):
        change(
            engine,
            "INSERT INTO cchc.receipt (ward_id, outbox_id, kind, at, source, recorded_at)"
            " SELECT ward_id, id, %(kind)s, %(now)s, %(source)s, %(now)s FROM cchc.outbox WHERE id = %(id)s",
            kind=kind,
            source=source,
            id=first,
        )

    said = browser.text(f"/outbox/{first}")

    assert "đã xem 09:00 ngày 02/03/2026 Nguồn: nhà cung cấp báo" in said
    assert "đã xác nhận đã nhận 09:00 ngày 02/03/2026 Nguồn: đường dẫn trong thư" in said
    assert "chưa chắc người nhận đã đọc" in said
    assert "đã xem" in browser.text("/outbox")


def test_a_message_that_stands_in_for_another_is_tied_to_it_both_ways(
    browser: Browser, engine: Engine
) -> None:
    newer, older = reminders(engine)
    change(
        engine, "UPDATE cchc.outbox SET replaces = %(older)s WHERE id = %(newer)s", newer=newer, older=older
    )

    assert f"Gửi thay cho thông báo số {older}" in browser.text(f"/outbox/{newer}")
    assert f"Đã gửi thay bằng thông báo số {newer}" in browser.text(f"/outbox/{older}")
    assert f"thay cho số {older}" in browser.text("/outbox")


def test_the_filters_of_the_address_choose_what_is_shown(browser: Browser, engine: Engine) -> None:
    first, second = reminders(engine)
    every = ids(browser)
    change(
        engine, "UPDATE cchc.outbox SET state = 'failed', channel = 'zalo-group' WHERE id = %(id)s", id=first
    )
    change(engine, "UPDATE cchc.outbox SET created_at = '2026-03-01 17:00Z' WHERE id = %(id)s", id=second)
    change(engine, "UPDATE cchc.outbox SET created_at = '2026-03-01 16:59Z' WHERE id = %(id)s", id=first)
    [unit] = set(re.findall(rf'<option value="(\d+)">{OFFICE}', browser.page("/outbox")))

    assert ids(browser, "?state=failed") == ids(browser, "?channel=zalo-group") == [first]
    assert {first, second} < set(every)
    assert first in ids(browser, "?until=2026-03-01")
    assert second not in ids(browser, "?until=2026-03-01")
    assert second in ids(browser, "?since=2026-03-02&until=2026-03-02")
    assert {first, second} & set(ids(browser, "?task=II.3&state=failed")) == {first}
    [bulletin] = set(every) - set(ids(browser, f"?unit={unit}"))
    assert "bản tin tuần" in browser.text(f"/outbox/{bulletin}").lower()
    assert ids(browser, f"?before={every[1]}") == every[2:]
    assert "Không có thông báo nào như đã lọc" in browser.text("/outbox?task=IX.9")


@pytest.mark.parametrize(
    "query",
    [
        "state=x",
        "channel=engine",
        "unit=x",
        "unit=0",
        "since=31/13/2026",
        "until=x",
        "until=9999-12-31",
        "before=-1",
        "unit=٣",
    ],
)
def test_a_filter_that_there_is_not_is_refused_by_name(browser: Browser, query: str) -> None:
    answer = browser.get(f"/outbox?{query}")

    assert answer.status_code == 422
    assert "không đúng" in words_of(answer.text)


def test_a_task_that_no_database_could_hold_is_refused_before_it_is_looked_for(browser: Browser) -> None:
    assert browser.get("/outbox?task=%00").status_code == 400


def test_a_message_of_another_ward_or_to_the_engine_is_not_there(browser: Browser, engine: Engine) -> None:
    with engine.connect() as connection:
        engines = connection.exec_driver_sql("SELECT id FROM cchc.outbox WHERE channel = 'engine'").scalars()
        asked = [next(iter(engines)), 999999]

    for number in asked:
        answer = browser.get(f"/outbox/{number}")
        assert answer.status_code == 404
        assert f"Không có thông báo số {number}" in answer.text


def test_the_channels_are_listed_with_why_one_is_held(browser: Browser, engine: Engine) -> None:
    change(
        engine,
        "INSERT INTO cchc.channel_state (name, enabled, held_since, held_code, held_why, changed_at)"
        " VALUES ('zalo-group', true, %(now)s, '-240', 'Gói OA hết hạn.', %(now)s)",
    )

    said = browser.text("/outbox").partition("Các kênh gửi")[2]

    assert "Thư điện tử: đang dùng" in said
    assert "Nhóm Zalo: tạm giữ từ 09:00 ngày 02/03/2026 Gói OA hết hạn. (mã -240)" in said


def test_what_a_provider_or_a_person_wrote_is_only_words(
    started: Callable[..., Ward], browse: Browse, engine: Engine
) -> None:
    started(plan_of(task("I.1", occurrences=[occurrence()])))
    change(engine, "UPDATE cchc.outbox SET note = '<script>1</script>', recipient = '<b>x</b>@' || id")
    page = browse().page(f"/outbox/{ids(browse())[0]}")

    assert "<script>" not in page
    assert "<b>x" not in page
    assert "<script>1</script>" in words_of(page)
