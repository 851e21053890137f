from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import date
from email.message import EmailMessage
from functools import partial

import pytest
from sqlalchemy import Engine

from models.database import transaction
from notifications.channels import open_channel
from notifications.inbox import list_inbox, start_inbox
from services.composing import Office
from services.outbox import send_due
from services.people import Ward
from tests.builders import NOW, occurrence, plan_of, task
from tests.web.conftest import Browse, Browser, words_of
from web.mail import linked

HOSTILE = "Nhắc việc <script>alert(1)</script>"


@pytest.fixture
def browser(started: Callable[..., Ward], browse: Browse, engine: Engine) -> Browser:
    """Give a browser after a letter about I.1 went to the local inbox, and a hostile one as well."""
    started(plan_of(task("I.1", occurrences=[occurrence("Quý I/2026", plan=date(2026, 3, 31))])))
    browser = browse()
    inbox = start_inbox(browser.settings.data / "inbox")
    channel = open_channel("email", inbox.url)
    try:
        office = Office(browser.settings.link_base, browser.settings.timezone, local_mail=True)
        send_due(partial(transaction, engine), channel, office, lambda: NOW)
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = "a@b.vn", "lan@example.vn", HOSTILE
        letter.set_content("<img src=x onerror=alert(1)> http://example.com/ javascript:alert(1)")
        letter.add_attachment(b"x", "application", "pdf", filename="<b>quyet-dinh</b>.pdf")
        with smtplib.SMTP("127.0.0.1", inbox.port) as server:
            server.send_message(letter)
    finally:
        channel.close()
        inbox.stop()
    return browser


def test_the_local_inbox_lists_each_letter_by_its_vietnamese_subject(browser: Browser) -> None:
    text = browser.text("/inbox")

    assert "[CCHC] I.1: Mở kỳ thực hiện Quý I/2026 (hạn 31/03/2026)" in text
    assert "dieuphoi@example.vn" in text


def test_a_letter_opens_as_text_with_a_link_to_its_task(browser: Browser) -> None:
    letter = next(each for each in list_inbox(browser.settings.data / "inbox") if "I.1" in each.subject)

    page = browser.page(f"/inbox/{letter.id}")

    assert "Nhiệm vụ số I.1" in words_of(page)
    assert '<a href="/tasks/I.1">http://127.0.0.1:8000/tasks/I.1</a>' in page


def test_a_hostile_letter_is_only_words(browser: Browser) -> None:
    letter = next(each for each in list_inbox(browser.settings.data / "inbox") if each.subject == HOSTILE)

    listed, page = browser.page("/inbox"), browser.page(f"/inbox/{letter.id}")

    for shown in (listed, page):
        assert "<script>" not in shown
        assert HOSTILE in words_of(shown)
    assert "<img" not in page
    assert "Tệp đính kèm" in words_of(page)
    assert "&lt;b&gt;quyet-dinh&lt;/b&gt;.pdf" in page
    assert 'href="http' not in page
    assert 'href="javascript' not in page


@pytest.mark.parametrize(
    "letter", ["..%2f..%2fsecret", "20260101T000000000000Z-00000000", "%2e%2e", "a.eml", "..%5csecret"]
)
def test_only_an_id_of_a_letter_opens_anything(browser: Browser, letter: str) -> None:
    (browser.settings.data / "secret.eml").write_text("secret")

    response = browser.get(f"/inbox/{letter}")

    assert response.status_code == 404
    assert "secret" not in response.text


def test_mail_that_leaves_has_no_inbox_here(browser: Browser, browse: Browse) -> None:
    other = browse(mail_url="mailto://127.0.0.1:9?from=a@b.vn")

    for path in ("/inbox", "/inbox/20260101T000000000000Z-00000000"):
        response = other.get(path)
        assert response.status_code == 404
        assert "không có hộp thư nội bộ" in response.text
    assert 'href="/inbox"' not in other.page("/")


def test_the_outbox_shows_each_message_with_its_state_and_the_last_answer(browser: Browser) -> None:
    text = browser.text("/outbox")

    assert "2 thông báo, mới nhất trước" in text
    assert "I.1 mở kỳ thực hiện [CCHC] I.1: Mở kỳ thực hiện Quý I/2026" in text
    assert "dieuphoi@example.vn đã gửi 09:00 ngày 02/03/2026 250 2.0.0 Ok" in text


def test_only_these_pages_addresses_become_links() -> None:
    shown = linked("http://127.0.0.1:8000/tasks/I.1 http://127.0.0.1:80001/x <b>", "http://127.0.0.1:8000")

    assert shown == (
        '<a href="/tasks/I.1">http://127.0.0.1:8000/tasks/I.1</a> http://127.0.0.1:80001/x &lt;b&gt;'
    )


def test_in_an_inbox_that_wards_share_each_sees_its_own_letters(
    browser: Browser, browse: Browse, started: Callable[..., Ward]
) -> None:
    letter = next(each for each in list_inbox(browser.settings.data / "inbox") if "I.1" in each.subject)
    other = started(plan_of(task("I.1"), issuer="UBND xã Khác"))
    theirs = browse(ward=other.code)

    assert "Mở kỳ thực hiện" in browser.text("/inbox")
    assert "Mở kỳ thực hiện" not in theirs.text("/inbox")
    assert "alert(1)" not in browser.text("/inbox") + theirs.text("/inbox")
    assert browser.get(f"/inbox/{letter.id}").status_code == 200
    assert theirs.get(f"/inbox/{letter.id}").status_code == 404
