"""A person's part in what did not arrive: sending again, saying what is known, releasing a channel."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from models.database import transaction
from notifications.channels import Answer, Outcome
from services.audit import verify
from tests.builders import NOW
from tests.post import SECOND, Post, Recorder, plan_with
from tests.web.conftest import Browse, Browser, words_of

REFUSED = Answer(Outcome.FAILED, "550 5.1.1 no such user")
SILENT = Answer(Outcome.UNKNOWN, "no answer after DATA")


@pytest.fixture
def post(engine: Engine) -> Post:
    with transaction(engine) as connection:
        plan_with(connection, 2, officer="vp@example.vn")
    waiting = Post(engine)
    waiting.morning()
    waiting.now = NOW + SECOND
    return waiting


def first(post: Post) -> int:
    return int(post.rows("id", of="reason = 'reminder'")[0])


def act(browser: Browser, message: int, what: str, **fields: str) -> str:
    answer = browser.send(f"/outbox/{message}/{what}", shown=f"/outbox/{message}", **fields)
    return browser.text(f"/outbox/{message}") if answer.status_code == 303 else words_of(answer.text)


def test_a_failed_message_goes_again_by_a_persons_word_with_all_that_left_with_it(
    browse: Browse, post: Post
) -> None:
    post.send(Recorder(REFUSED))
    browser, mail = browse(), Recorder()

    act(browser, first(post), "resend", by="dieuphoi")
    post.now += SECOND
    post.send(mail)

    assert mail.told().count("vp@example.vn") == 1
    assert post.rows(of="reason = 'reminder'") == ["sent"] * 2
    assert post.kinds()[:3] == ["delivery.failed", "delivery.resent", "delivery.sent"]


@pytest.mark.parametrize(("outcome", "state", "sends"), [("arrived", "sent", 0), ("lost", "sent", 1)])
def test_what_may_have_arrived_is_cleared_up_first(
    browse: Browse, post: Post, outcome: str, state: str, sends: int
) -> None:
    post.send(Recorder(SILENT))
    browser, mail, message = browse(), Recorder(), first(post)
    page = browser.page(f"/outbox/{message}")
    refused = browser.send(f"/outbox/{message}/resend", shown=f"/outbox/{message}", by="dieuphoi")
    assert refused.status_code == 409
    assert "hãy hỏi người nhận" in words_of(refused.text)
    assert "/resend" not in page

    said = act(browser, message, "confirm", by="dieuphoi", outcome=outcome, reason="đã gọi điện")
    post.now += SECOND
    post.send(mail)

    assert mail.told().count("vp@example.vn") == sends
    assert post.rows(of="reason = 'reminder'") == [state] * 2
    assert ("người đối chiếu" in said) is (outcome == "arrived")
    with post.engine.connect() as connection:
        assert verify(connection).ok


@pytest.mark.parametrize("by", ["lan", "chutich", "thanhtra"])
def test_only_coordinators_and_administrators_send_again(browse: Browse, post: Post, by: str) -> None:
    post.send(Recorder(REFUSED))
    browser, message = browse(), first(post)

    answer = browser.send(f"/outbox/{message}/resend", shown="/me", by=by)

    assert answer.status_code == 403
    assert post.rows(of="reason = 'reminder'") == ["failed"] * 2


def test_what_was_sent_is_not_sent_again(browse: Browse, post: Post) -> None:
    post.send(Recorder())
    browser = browse()

    answer = browser.send(f"/outbox/{first(post)}/resend", shown="/feeds", by="dieuphoi")

    assert answer.status_code == 409
    assert "chỉ gửi lại thông báo không gửi được" in words_of(answer.text)


def test_the_words_that_were_sent_stand_with_the_message(browse: Browse, post: Post) -> None:
    mail = Recorder()
    post.send(mail)
    browser = browse()
    one, two = post.rows("id", of="reason = 'reminder'")

    assert " ".join(mail.messages[0].text.split()) in browser.text(f"/outbox/{one}")
    assert f'<a href="/outbox/{one}">thông báo số {one}</a>' in browser.page(f"/outbox/{two}")


def test_a_held_channel_is_released_on_the_page_that_says_why(browse: Browse, post: Post) -> None:
    with transaction(post.engine) as connection:
        connection.exec_driver_sql(
            "INSERT INTO cchc.channel_state (name, enabled, held_since, held_why, changed_at)"
            " VALUES ('zalo-group', true, %(now)s, 'Nhóm hết hạn', %(now)s)",
            {"now": NOW},
        )
    browser = browse()
    assert "Nhóm hết hạn" in browser.text("/outbox")

    for status in (303, 409):  # the second time there is nothing to release
        sent = browser.send("/outbox/channels/zalo-group/release", shown="/feeds", by="dieuphoi")
        assert sent.status_code == status
    assert "Nhóm hết hạn" not in browser.text("/outbox")
