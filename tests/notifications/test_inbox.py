"""The local inbox: what it answered for is on the disk, and what it could not keep it did not take."""

from __future__ import annotations

import re
import resource
import smtplib
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from notifications.channels import Attachment, Channel, Message, Outcome, open_channel
from notifications.inbox import Inbox, InboxUnavailable, UnknownMail, list_inbox, read_inbox, start_inbox
from tests.waiting import LONGEST_S

LETTER = Message(
    "vhxh@thanhdong.vn", "[CCHC] II.3: Báo cáo kết quả còn 7 ngày", "Kính gửi: Phòng VH-XH\n\nHết.\n"
)


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    running = start_inbox(tmp_path / "inbox", largest=3 * 1024 * 1024)
    yield running
    running.stop()


@pytest.fixture
def channel(inbox: Inbox) -> Iterator[Channel]:
    opened = open_channel("email", inbox.url, timeout=LONGEST_S)
    yield opened
    opened.close()


def test_a_letter_is_kept_under_the_queue_id_that_the_sender_was_told(
    channel: Channel, tmp_path: Path
) -> None:
    answer = channel.send(LETTER)

    assert answer.outcome is Outcome.SENT
    assert answer.provider_id is not None
    kept = read_inbox(tmp_path / "inbox", answer.provider_id)
    assert (kept.id, kept.to, kept.subject, kept.text) == (
        answer.provider_id,
        LETTER.recipient,
        LETTER.subject,
        LETTER.text,
    )
    assert kept.date is not None
    assert kept.received_at.utcoffset() is not None


def test_nobody_else_on_the_machine_reads_letters(inbox: Inbox, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    assert folder.stat().st_mode & 0o777 == 0o700

    folder.chmod(0o755)  # as an older version left it
    inbox.stop()
    start_inbox(folder).stop()
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_letter_with_html_and_files_shows_its_text_and_the_names_of_the_files(
    channel: Channel, tmp_path: Path
) -> None:
    invitation = Attachment(
        "thoi-han.ics", "text/calendar; charset=utf-8; method=REQUEST", b"BEGIN:VCALENDAR"
    )
    paper = Attachment("16-QD-UBND.pdf", "application/pdf", b"%PDF-")
    text = "Kính gửi: Phòng Văn hóa - Xã hội\n" * 40

    channel.send(Message("a@b.vn", "Hạn", text, html=f"<p>{text}</p>", attachments=(invitation, paper)))

    kept = list_inbox(tmp_path / "inbox")[0]
    assert kept.text == text
    assert kept.attachments == ("thoi-han.ics", "16-QD-UBND.pdf")


def test_the_newest_letters_are_listed_first_and_no_more_than_asked(channel: Channel, tmp_path: Path) -> None:
    for number in range(5):
        channel.send(Message("a@b.vn", f"Thư {number}", "chữ"))

    assert [mail.subject for mail in list_inbox(tmp_path / "inbox", 3)] == ["Thư 4", "Thư 3", "Thư 2"]


def test_letters_outlive_the_server_and_a_new_one_carries_on(
    inbox: Inbox, channel: Channel, tmp_path: Path
) -> None:
    channel.send(LETTER)
    inbox.stop()
    torn = tmp_path / "inbox" / ".20260101T000000000000Z-00000000.part"
    torn.write_bytes(b"half a let")

    again = start_inbox(tmp_path / "inbox", inbox.port)
    try:
        answer = channel.send(LETTER)
    finally:
        again.stop()

    assert answer.outcome is Outcome.SENT
    assert len(list_inbox(tmp_path / "inbox")) == 2
    assert not torn.exists()


def test_an_inbox_that_never_ran_is_empty(tmp_path: Path) -> None:
    assert list_inbox(tmp_path / "none") == []


NO_IDS = (
    "",
    "x",
    "secret",
    "../secret",
    "../inbox/secret",
    "/etc/passwd",
    "20261123T014512123456Z-1f0c9a2b",
    "20261123T014512123456Z-1f0c9a2b/../../secret",
    "20261123T014512123456Z-1f0c9a2b\n",
    "٢0261123T014512123456Z-1f0c9a2b",
)


@pytest.mark.parametrize("mail_id", NO_IDS)
def test_no_id_reads_anything_but_a_letter(tmp_path: Path, mail_id: str) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "secret.eml").write_text("Subject: bí mật\n\n")
    (tmp_path / "inbox" / "secret.eml").write_text("Subject: bí mật\n\n")

    with pytest.raises(UnknownMail) as refused:
        read_inbox(tmp_path / "inbox", mail_id)

    assert "Không có thư" in refused.value.notice


@pytest.fixture
def full_disk() -> Iterator[Callable[[], None]]:
    """Let no file of this process grow past 1 MiB; call it for room again."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024 * 1024, hard))

    def room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    yield room
    room()


def test_a_full_disk_is_a_temporary_refusal_that_leaves_nothing_behind(
    channel: Channel, tmp_path: Path, full_disk: Callable[[], None]
) -> None:
    large = Message("a@b.vn", "Thư lớn", "x" * 1_500_000)

    refused = channel.send(large)
    left = list((tmp_path / "inbox").iterdir())
    full_disk()
    taken = channel.send(large)

    assert (refused.outcome, refused.text[:3], left) == (Outcome.RETRY, "452", [])
    assert taken.outcome is Outcome.SENT


def test_a_letter_above_the_limit_is_refused_for_good(channel: Channel) -> None:
    answer = channel.send(Message("a@b.vn", "Quá lớn", "x" * 4_000_000))

    assert answer.outcome is Outcome.FAILED
    assert answer.text.startswith("552")


def test_it_listens_on_this_machine_only_and_frees_its_port(inbox: Inbox) -> None:
    assert inbox.url.startswith(f"mailto://127.0.0.1:{inbox.port}")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", inbox.port), timeout=1).close()

    inbox.stop()

    socket.create_server(("127.0.0.1", inbox.port)).close()


def test_a_taken_port_or_a_folder_that_cannot_be_made_is_said_in_vietnamese(
    inbox: Inbox, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")

    for folder, port in ((tmp_path / "other", inbox.port), (tmp_path / "file", 0)):
        with pytest.raises(InboxUnavailable) as refused:
            start_inbox(folder, port)
        assert "Không mở được hộp thư nội bộ" in refused.value.notice


@pytest.mark.parametrize(
    "raw",
    [
        b"no header at all",
        b"Subject: =?utf-8?b?x?=\r\nDate: nonsense\r\n\r\nx",
        b"Subject: =?no-such-charset?q?abc?=\r\n\r\nx",
        b"Subject: \xc3\x28\r\nTo: <<<>>>\r\nContent-Type: text/plain; charset=no-such\r\n\r\n\xff",
        b"Content-Type: multipart/mixed\r\n\r\nx",
        b'Content-Disposition: attachment; filename="a\r\n b\x1b[2J"\r\n\r\nx',
        b"Content-Disposition: attachment; filename*=no-such''%ff%fe\r\n\r\nx",
        b"Content-Disposition: attachment; filename*0*=x; filename*5=y\r\n\r\nx",
        b"From: \r\nTo: \r\nContent-Transfer-Encoding: base64\r\n\r\n%%%",
        b"",
    ],
)
def test_a_malformed_letter_is_kept_and_shown_as_far_as_it_can_be_read(
    inbox: Inbox, tmp_path: Path, raw: bytes
) -> None:
    with smtplib.SMTP("127.0.0.1", inbox.port, "localhost") as smtp:
        smtp.sendmail("a@b.vn", ["c@d.vn"], raw)

    kept = list_inbox(tmp_path / "inbox")

    assert len(kept) == 1
    assert kept[0].to in ("c@d.vn", "<<<>>>")
    assert re.fullmatch(r"[0-9TZa-f-]+", kept[0].id)
    assert all(name.isprintable() for name in kept[0].attachments)
