"""A letter's bytes, read back by two parsers that share nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifications.channels import Message
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
    message = Message("a@b.vn", LONG, "chữ", html="<p>chữ</p>", references=("<0@b.vn>",))

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
