"""Letters as bytes: headers that survive every mail client, bodies in base64.

Written by hand because `EmailMessage` on Python 3.11 loses a space when it folds a long Vietnamese
subject, and builds 400 letters a second where this builds thousands; `email.header.Header` keeps the space,
but takes longer over a subject than the rest of the letter takes altogether.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from base64 import b64encode
from binascii import b2a_base64
from collections.abc import Iterable, Iterator
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

from domain.errors import WardError
from notifications.channels import Attachment, Message

LINE = 76  # RFC 2047: no line with an encoded word may be longer
_FOLD = "\r\n "

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(
    r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,400}@[!-;=?-~]{1,400}>")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,39}")
_OURS = frozenset(
    {"from", "to", "cc", "bcc", "subject", "date", "message-id", "in-reply-to", "references", "mime-version"}
    | {"auto-submitted", "x-auto-response-suppress", "content-language", "content-type"}
    | {"content-transfer-encoding", "content-disposition"}
)
# The same for each letter. No answering machine is to reply, by the standard (RFC 3834) and in Exchange's own
# words; not `All`, which would also suppress the report that a letter could not be delivered. No
# `Precedence`: `bulk` says advertising, which some servers hold back, and these letters are formal.
_ALWAYS = (
    "MIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n"
    "X-Auto-Response-Suppress: OOF, AutoReply\r\nContent-Language: vi\r\n"
)
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_WORD = r"[A-Za-z0-9][A-Za-z0-9.+_-]{0,60}"
_MEDIA_TYPE = re.compile(rf"(?!multipart/|message/){_WORD}/{_WORD}(; ?{_WORD}={_WORD}){{0,6}}", re.IGNORECASE)
# Methods that a mail program acts upon itself: it enters the date, moves it or takes it away.
_INVITATION = re.compile(r"text/calendar;.*method=(REQUEST|CANCEL)\b", re.IGNORECASE)
_LINE_END = re.compile(r"\r\n?|\n")
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})


class NotAnAddress(WardError):
    """The text is no e-mail address that we can write to."""

    def __init__(self, text: str) -> None:
        shown = "".join(c if c.isprintable() else "?" for c in text[:80])
        super().__init__(f"not an e-mail address: {shown!r}", f"“{shown}” không phải là địa chỉ thư điện tử.")


class UnsafeHeader(WardError):
    """A header holds what could forge another one: a line break, a control character, a broken name."""

    def __init__(self, name: str) -> None:
        shown = "".join(c if c.isprintable() else "?" for c in name[:60])
        super().__init__(
            f"header {shown!r} holds a line break, a control character or a wrong form",
            f"Dòng “{shown}” của thư có ký tự xuống dòng, ký tự điều khiển hoặc sai mẫu; thư không được gửi.",
        )


@lru_cache(maxsize=4096)
def email_address(text: str) -> str:
    """Return `text` as an address that every mail server takes; a Vietnamese domain goes to its xn-- form.

    Raises:
        NotAnAddress: there is no such form, or more than one address.
    """
    local, _, domain = text.rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise NotAnAddress(text) from None
    if len(local) > 64 or len(domain) > 253 or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise NotAnAddress(text)
    return f"{local}@{domain}"


def header(name: str, value: str) -> str:
    """Return one header, folded and ending in CRLF, that decodes to exactly `value`.

    Raises:
        UnsafeHeader: `value` has a line break or another control character, or `name` is none.
    """
    if not _HEADER_NAME.fullmatch(name):
        raise UnsafeHeader(name)
    return f"{name}: {_words(name, value)}\r\n"


def sender_header(display: str, address: str) -> str:
    """Return the From header; the name may be Vietnamese and as long as offices' names are."""
    if not display:
        return f"From: {address}\r\n"
    words = _words("From", display, always=True)
    last = words.rpartition("\r\n")[2] if "\r\n" in words else f"From: {words}"
    space = " " if len(last) + len(address) + 3 <= LINE else "\r\n "
    return f"From: {words}{space}<{address}>\r\n"


def letter(message: Message, *, recipient: str, sender: str, message_id: str, at: datetime) -> bytes:
    """Return the whole letter in CRLF lines; `sender` is a finished From header.

    Raises:
        UnsafeHeader: a header of `message`, or an attachment's name or type, cannot be written safely.
    """
    head = [
        f"Date: {format_datetime(at)}\r\n",
        sender,
        f"To: {recipient}\r\n" if len(recipient) <= LINE - 4 else f"To:\r\n {recipient}\r\n",
        header("Subject", message.subject),
        _ids("Message-ID", [message_id]),
        _ids("In-Reply-To", [message.in_reply_to] if message.in_reply_to else []),
        _ids("References", message.references),
        _ALWAYS,
        *_extra_headers(message),
    ]
    return "".join([*head, *_body(message, message_id)]).encode("ascii")


def _words(name: str, value: str, *, always: bool = False) -> str:
    if not value.isprintable() and any(unicodedata.category(c) in _UNPRINTABLE for c in value):
        raise UnsafeHeader(name)
    plain = value.isascii() and value == " ".join(value.split()) and "=?" not in value
    if plain and value and not always and len(name) + 2 + len(value) <= LINE:
        return value
    return "\r\n ".join(_encoded_words(name, value))


def _encoded_words(name: str, value: str) -> Iterator[str]:
    """Cut `value` between characters into base64 words (RFC 2047) that fit their lines."""
    data, start, room = value.encode(), 0, _bytes_that_fit(LINE - len(name) - len(": "))
    while start < len(data):
        end = start + room
        while end < len(data) and data[end] & 0xC0 == 0x80:  # inside a character
            end -= 1
        yield f"=?utf-8?B?{b64encode(data[start:end]).decode()}?="
        start, room = end, _bytes_that_fit(LINE - len(" "))


def _bytes_that_fit(columns: int) -> int:
    return (columns - len("=?utf-8?B??=")) // 4 * 3


def _ids(name: str, ids: Iterable[str]) -> str:
    listed = list(ids)
    if any(not _MESSAGE_ID.fullmatch(each) for each in listed):
        raise UnsafeHeader(name)
    return f"{name}: " + "\r\n ".join(listed) + "\r\n" if listed else ""


def _extra_headers(message: Message) -> Iterator[str]:
    for name, value in message.headers.items():
        if name.lower() in _OURS:
            raise UnsafeHeader(name)
        yield header(name, value)


def _body(message: Message, message_id: str) -> Iterator[str]:
    """Write the letter's parts: `mixed(alternative(text, HTML, invitation), files)`, or fewer.

    A calendar file with the method REQUEST or CANCEL goes twice, as in the invitations of Google's calendar.
    Outlook and Gmail offer to enter or move the date where it is the last alternative and names its method;
    to Outlook a part that calls itself an attachment is a mere file (MS-STANOICAL 2.2.175). Programs that
    don't look among the alternatives (Apple's Mail, webmails without a calendar) show the file to open; its
    type is `application/ics`, so that nobody counts two invitations. PUBLISH is no invitation to Outlook,
    and of several entries it would read only the first (the same section): it goes as a file alone. Of
    several invitations the first is offered so, since programs look at one; the others are files to open.
    """
    # Made from the letter's own id: the same letter has the same bytes at each attempt.
    boundary = "cchc-" + hashlib.sha256(message_id.encode()).hexdigest()[:32]
    invitations = [_inline(each) for each in message.attachments if _INVITATION.match(each.media_type)][:1]
    texts = [_part("plain", message.text)]
    if message.html is not None:
        texts.append(_part("html", message.html))
    words = _multipart("alternative", f"{boundary}-a", [*texts, *invitations])
    yield _multipart("mixed", f"{boundary}-m", [words, *map(_file, message.attachments)])


def _multipart(kind: str, boundary: str, parts: list[str]) -> str:
    """Return the parts in one; a single part needs no wrapping."""
    if len(parts) == 1:
        return parts[0]
    opened = "".join(f"--{boundary}\r\n{part}" for part in parts)
    return f'Content-Type: multipart/{kind};\r\n boundary="{boundary}"\r\n\r\n{opened}--{boundary}--\r\n'


def _part(kind: str, text: str) -> str:
    lines = _LINE_END.sub("\r\n", text.rstrip("\r\n") + "\n")
    return _encoded(f'Content-Type: text/{kind}; charset="utf-8"', lines.encode("utf-8", "replace"))


def _inline(attached: Attachment) -> str:
    return _encoded(f"Content-Type: {_folded_type(attached.media_type)}", attached.content)


def _file(attached: Attachment) -> str:
    if not _FILE_NAME.fullmatch(attached.name):
        raise UnsafeHeader(attached.name)
    kind = _folded_type(attached.media_type)
    if _INVITATION.match(attached.media_type):
        kind = "application/ics"
    name = f'name="{attached.name}"'
    head = f"Content-Type: {kind};{_FOLD}{name}\r\nContent-Disposition: attachment;{_FOLD}file{name}"
    return _encoded(head, attached.content)


def _folded_type(media_type: str) -> str:
    if not _MEDIA_TYPE.fullmatch(media_type):
        raise UnsafeHeader(media_type)
    return _FOLD.join(f"{part.strip()};" for part in media_type.split(";")).removesuffix(";")


def _encoded(head: str, content: bytes) -> str:
    encoded = b2a_base64(content, newline=False).decode("ascii")
    lines = "\r\n".join(encoded[start : start + LINE] for start in range(0, len(encoded), LINE))
    return f"{head}\r\nContent-Transfer-Encoding: base64\r\n\r\n{lines}\r\n"
