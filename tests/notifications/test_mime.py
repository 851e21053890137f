"""A letter's bytes, read back by two parsers that share nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage, MIMEPart

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifications.channels import Attachment, Message
from notifications.mime import NotAnAddress, UnsafeHeader, email_address, header, letter, sender_header

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
VIETNAMESE = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạấầẩẫậếềểễệỹỵĐĂÂ0123456789():,[]/-?=_“”–" + " " * 20
printable = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=300)
vietnamese = st.text(st.sampled_from(VIETNAMESE), max_size=300)
LONG = "[CCHC] II.3: Báo cáo kết quả rà soát, đơn giản hoá thủ tục hành chính còn 7 ngày (hạn 09/12/2026)"


def build(message: Message) -> bytes:
    return letter(
        message,
        recipient=message.recipient,
        sender=sender_header("UBND phường", "cchc@b.vn"),
        message_id="<1@b.vn>",
        at=NOON,
    )


@given(st.one_of(printable, vietnamese))
@example(LONG)
@example(LONG * 5)
@example(" hai  khoảng trắng ")
@example("=?utf-8?q?gi=E1=BA=A3?=")
@example("a" * 300)
@example("")
def test_any_subject_comes_back_whole_in_two_parsers_and_short_lines(subject: str) -> None:
    raw = header("Subject", subject)

    assert all(len(line) <= 76 for line in raw.split("\r\n"))
    assert str(make_header(decode_header(raw.removeprefix("Subject: ").removesuffix("\r\n")))) == subject
    assert message_from_bytes(f"{raw}\r\n".encode("ascii"), policy=policy.default)["Subject"] == subject


@given(vietnamese.map(str.strip).filter(bool))
@example("Ủy ban nhân dân phường Thành Đông, thành phố Hải Phòng – Phòng Văn hóa - Xã hội")
def test_any_vietnamese_sender_name_comes_back_whole_in_short_lines(name: str) -> None:
    raw = sender_header(name, "cchc@thanhdong.gov.vn")

    assert all(len(line) <= 76 for line in raw.split("\r\n"))
    parts = decode_header(raw.removeprefix("From: ").removesuffix("\r\n"))
    assert str(make_header(parts)) == f"{name} <cchc@thanhdong.gov.vn>"
    assert (
        message_from_bytes(f"{raw}\r\n".encode(), policy=policy.default)["From"].addresses[0].username
        == "cchc"
    )


@given(st.lists(st.one_of(printable, vietnamese, st.just("."), st.just("..x"))).map("\n".join))
def test_any_text_comes_back_whole_in_lines_that_every_server_takes(text: str) -> None:
    raw = build(Message("a@b.vn", "Chào", text))

    read = message_from_bytes(raw.replace(b"\r\n", b"\n"), policy=policy.default).get_content()
    assert read.replace("\r\n", "\n").rstrip("\n") == text.rstrip("\n")
    lines = raw.split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 78 and not line.startswith(b".") and b"\n" not in line for line in lines)


INVITATION = Attachment(
    "thoi-han.ics", "text/calendar; charset=utf-8; method=REQUEST", "BEGIN:VCALENDAR\r\nX:ế\r\n".encode()
)
LIST = Attachment("thoi-han.ics", "text/calendar; charset=utf-8; method=PUBLISH", b"BEGIN:VCALENDAR\r\n")
PDF = Attachment("16-QD-UBND.pdf", "application/pdf", bytes(range(256)) * 20)


def parse(raw: bytes) -> EmailMessage:
    parsed = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    assert not [defect for part in parsed.walk() for defect in part.defects]
    return parsed


def tree(part: MIMEPart) -> object:
    """Return the kinds of all parts, a container as (its kind, what is in it)."""
    inside = [tree(each) for each in part.iter_parts()]
    return (part.get_content_type(), inside) if inside else part.get_content_type()


@pytest.mark.parametrize(
    ("html", "attachments", "expected"),
    [
        (None, (), "text/plain"),
        ("<p>x</p>", (), ("multipart/alternative", ["text/plain", "text/html"])),
        (None, (PDF,), ("multipart/mixed", ["text/plain", "application/pdf"])),
        (
            "<p>x</p>",
            (LIST, PDF),
            (
                "multipart/mixed",
                [("multipart/alternative", ["text/plain", "text/html"]), "text/calendar", "application/pdf"],
            ),
        ),
        (
            "<p>x</p>",
            (INVITATION,),
            (
                "multipart/mixed",
                [("multipart/alternative", ["text/plain", "text/html", "text/calendar"]), "application/ics"],
            ),
        ),
        (
            None,
            (INVITATION,),
            (
                "multipart/mixed",
                [("multipart/alternative", ["text/plain", "text/calendar"]), "application/ics"],
            ),
        ),
    ],
    ids=["text", "html", "file", "html and files", "invitation", "invitation without html"],
)
def test_a_letter_has_the_parts_that_mail_programs_expect_and_no_more(
    html: str | None, attachments: tuple[Attachment, ...], expected: object
) -> None:
    letter = parse(build(Message("a@b.vn", "Chào", "chữ", html=html, attachments=attachments)))

    assert tree(letter) == expected


def test_an_invitation_is_offered_with_its_method_and_as_a_file_with_the_same_bytes() -> None:
    letter = parse(build(Message("a@b.vn", "Chào", "chữ", html="<p>chữ</p>", attachments=(INVITATION, PDF))))

    offered = next(part for part in letter.walk() if part.get_content_type() == "text/calendar")
    assert offered["Content-Type"].params == {"charset": "utf-8", "method": "REQUEST"}
    assert offered["Content-Disposition"] is None
    assert offered.get_payload(decode=True) == INVITATION.content
    files = [(file.get_filename(), file.get_payload(decode=True)) for file in letter.iter_attachments()]
    assert files == [("thoi-han.ics", INVITATION.content), ("16-QD-UBND.pdf", PDF.content)]
    body = letter.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "chữ"


@given(vietnamese, vietnamese, st.binary(max_size=3000))
@example(
    "Ủy ban nhân dân phường Thành Đông " * 300, "<p>Ủy ban nhân dân phường Thành Đông</p>" * 300, b"--\r\n"
)
def test_text_html_and_file_come_back_whole_together(text: str, html: str, content: bytes) -> None:
    file = Attachment("a.bin", "application/octet-stream", content)

    raw = build(Message("a@b.vn", "Chào", text, html=html, attachments=(file,)))

    letter = parse(raw)
    for kind, written in (("plain", text), ("html", html)):
        body = letter.get_body((kind,))
        assert body is not None
        read = body.get_content()
        assert read.replace("\r\n", "\n").rstrip("\n") == written.replace("\r\n", "\n").rstrip("\n")
    assert [each.get_payload(decode=True) for each in letter.iter_attachments()] == [content]
    assert all(len(line) <= 76 for line in raw.split(b"\r\n"))


NAMES = ("", "../a.ics", "a/b.ics", 'a".ics', "a\r\nX-A: 1", "thời-hạn.ics", ".ics", "a" * 65, "a b.ics")
TYPES = (
    "",
    "text",
    "text/calendar\r\nX-A: 1",
    'text/calendar; name="a',
    "text/calendar; method=",
    "multipart/mixed",
    "message/rfc822",
    "Multipart/mixed; boundary=a",
    "text/lịch",
)


@pytest.mark.parametrize(
    "attached",
    [Attachment(name, "text/calendar", b"") for name in NAMES]
    + [Attachment("a.ics", each, b"") for each in TYPES],
    ids=repr,
)
def test_an_attachment_cannot_forge_a_header_or_a_part(attached: Attachment) -> None:
    with pytest.raises(UnsafeHeader):
        build(Message("a@b.vn", "x", "y", attachments=(attached,)))


def test_machines_are_asked_not_to_answer_but_may_still_report_a_failure() -> None:
    letter = parse(build(Message("a@b.vn", "x", "y")))

    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert letter["Precedence"] is None


@given(
    st.text(max_size=100),
    st.sampled_from("\r\n\0\x0b\x0c\x1b\x1c\x85\u2028\u2029\ud800"),
    st.text(max_size=100),
)
def test_a_line_break_or_control_character_in_a_header_is_refused(before: str, evil: str, after: str) -> None:
    with pytest.raises(UnsafeHeader):
        header("Subject", before + evil + after)


@pytest.mark.parametrize(
    "message",
    [
        Message("a@b.vn", "x", "y", headers={"X-A\r\nBcc": "z@b.vn"}),
        Message("a@b.vn", "x", "y", headers={"content-type": "text/html"}),
        Message("a@b.vn", "x", "y", in_reply_to="<a@b>\r\nBcc: z@b.vn"),
        Message("a@b.vn", "x", "y", references=("<a@b>", "no id")),
    ],
)
def test_headers_that_are_ours_or_broken_are_refused(message: Message) -> None:
    with pytest.raises(UnsafeHeader):
        build(message)


def test_the_same_letter_has_the_same_bytes() -> None:
    message = Message(
        "a@b.vn",
        LONG,
        "chữ",
        html="<p>chữ</p>",
        references=("<0@b.vn>",),
        attachments=(INVITATION, PDF),
    )

    assert build(message) == build(message)


def test_a_long_thread_lists_its_letters_on_short_lines() -> None:
    ids = tuple(f"<{n}.kỳ-báo-cáo@thanhdong.gov.vn>".replace("ỳ", "y").replace("á", "a") for n in range(60))

    raw = build(Message("a@b.vn", "x", "y", references=ids))

    assert max(map(len, raw.split(b"\r\n"))) <= 76
    assert message_from_bytes(raw, policy=policy.compat32)["References"].split() == list(ids)


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("vhxh@thanhdong.gov.vn", "vhxh@thanhdong.gov.vn"),
        ("Lan.Nguyen+cchc@Example.VN", "Lan.Nguyen+cchc@Example.VN"),
        ("lan@phường.vn", "lan@xn--phng-rib8295b.vn"),
        ("root@localhost", "root@localhost"),
    ],
)
def test_an_address_is_taken_as_written_and_a_vietnamese_domain_in_its_wire_form(
    written: str, used: str
) -> None:
    assert email_address(written) == used


NO_ADDRESSES = (
    "",
    "lan",
    "@b.vn",
    "lan@",
    "lan@b..vn",
    "a@b.vn, c@d.vn",
    "Lan <lan@b.vn>",
    "<lan@b.vn>",
    "lan@b.vn\n",
    "lan\r\n@b.vn",
    ".lan@b.vn",
    "lan @b.vn",
    "lân@b.vn",
    "lan@-b.vn",
    "a@b@c.vn",
    f"{'a' * 65}@b.vn",
    f"a@{'b.' * 130}vn",
)


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_what_is_no_single_address_is_refused_in_vietnamese(text: str) -> None:
    with pytest.raises(NotAnAddress) as refused:
        email_address(text)

    assert "không phải" in refused.value.notice
    assert "\n" not in f"{refused.value}{refused.value.notice}"
