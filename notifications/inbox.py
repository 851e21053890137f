"""The mail server of an installation that has none: it keeps every letter as a file for the pages to show.

One file is one letter: `20261123T014512123456Z-1f0c9a2b.eml`, so that names sort by time. The name
without its ending is the queue id that the sender is told.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import secrets
import socket
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import EmailMessage
from functools import lru_cache
from heapq import nlargest
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from domain.errors import SystemFault, WardError

HOST = "127.0.0.1"
SENDER = "khong-tra-loi@cchc.invalid"  # .invalid (RFC 2606): an answer can reach nobody
LARGEST = 10 * 1024 * 1024
USUAL = 32 * 1024  # bytes of a letter that is kept in memory, too

_ID = re.compile(r"[0-9]{8}T[0-9]{12}Z-[0-9a-f]{8}")
_log = logging.getLogger(__name__)


class UnknownMail(WardError):
    """The inbox holds no letter with this id."""

    def __init__(self) -> None:
        super().__init__("no such letter in the inbox", "Không có thư này trong hộp thư nội bộ.")


class InboxUnavailable(SystemFault):
    """The inbox cannot start: its folder cannot be written, or its port is taken."""

    def __init__(self, why: object) -> None:
        super().__init__(f"the inbox cannot start: {why}", f"Không mở được hộp thư nội bộ: {why}.")


@dataclass(frozen=True, slots=True)
class InboxMail:
    """One kept letter, decoded; `received_at` is when the server took it."""

    id: str
    received_at: datetime
    sender: str
    to: str
    subject: str
    date: datetime | None
    text: str
    message_id: str = ""
    attachments: tuple[str, ...] = ()  # the names of the files that came with it


@dataclass(frozen=True)
class Inbox:
    """A running inbox; `url` is what `open_channel("email", …)` takes."""

    url: str
    port: int
    _controller: Controller = field(repr=False)

    def stop(self) -> None:
        """Stop taking letters and free the port; what was answered `250` is on the disk."""
        if self._controller.server is not None:
            self._controller.stop()


def start_inbox(folder: Path, port: int = 0, *, largest: int = LARGEST) -> Inbox:
    """Start keeping letters in `folder`, on this machine only; port 0 takes any free one.

    Raises:
        InboxUnavailable: the folder or the port cannot be used.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)  # letters to others, with links that stand for them
        for torn in folder.glob(".*.part"):  # a letter that was never answered: its sender still has it
            torn.unlink()
        listener = socket.create_server((HOST, port))
    except OSError as problem:
        raise InboxUnavailable(problem) from problem
    controller = _Server(_Keeper(folder), listener, largest)
    try:
        controller.start()
    except (OSError, TimeoutError) as problem:
        listener.close()
        raise InboxUnavailable(problem) from problem
    return Inbox(
        f"mailto://{HOST}:{controller.port}?from={SENDER}&mode=insecure", controller.port, controller
    )


def list_inbox(folder: Path, limit: int = 50) -> list[InboxMail]:
    """Return the newest `limit` letters, newest first; an inbox that never ran is empty."""
    try:
        files = [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        return []
    names = (file.removesuffix(".eml") for file in files if file.endswith(".eml"))
    return [_known(folder, name) for name in nlargest(limit, filter(_ID.fullmatch, names))]


def read_inbox(folder: Path, id: str) -> InboxMail:  # noqa: A002 - the pages and the sender call it so
    """Return one letter.

    Raises:
        UnknownMail: there is none, or `id` is no id: a path never gets this far.
    """
    if not _ID.fullmatch(id):
        raise UnknownMail
    try:
        return _known(folder, id)
    except FileNotFoundError:
        raise UnknownMail from None


class _Keeper:
    """Takes each letter to the disk before it answers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        try:
            name = await asyncio.to_thread(_keep, self._folder, envelope)
        except OSError as problem:
            _log.warning("the inbox could not keep a letter: %s", problem)
            return "452 4.3.1 Insufficient system storage"
        return f"250 2.0.0 Ok: queued as {name}"


class _Server(Controller):
    """aiosmtpd's server on a socket that is bound already, so that its port is known and free."""

    def __init__(self, keeper: _Keeper, listener: socket.socket, largest: int) -> None:
        super().__init__(
            keeper,
            hostname=HOST,
            port=listener.getsockname()[1],
            server_hostname="localhost",  # or it would ask the DNS for a name
            ident="cchc",
            data_size_limit=largest,
        )
        self._listener = listener

    def _create_server(self) -> Coroutine[Any, Any, asyncio.AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._listener)


def _keep(folder: Path, envelope: Envelope) -> str:
    """Write the letter so that it is there whole or not at all, and survives a power cut."""
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}-{secrets.token_hex(4)}"
    traced = "".join(f"Delivered-To: {recipient}\r\n" for recipient in envelope.rcpt_tos).encode()
    content = envelope.original_content or b""
    part = folder / f".{name}.part"
    try:
        with part.open("xb") as file:
            file.write(traced + content)
            file.flush()
            os.fsync(file.fileno())
        part.rename(folder / f"{name}.eml")
    except OSError:
        part.unlink(missing_ok=True)
        raise
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return name


def _known(folder: Path, name: str) -> InboxMail:
    """Return a letter; one of usual length is decoded once for as long as its file is the same."""
    path = folder / f"{name}.eml"
    file = path.stat()
    if file.st_size > USUAL:
        return _parse(name, path.read_bytes())
    return _decoded(path, name, file.st_ino, file.st_mtime_ns, file.st_size)


@lru_cache(maxsize=512)
def _decoded(path: Path, name: str, *_file: int) -> InboxMail:
    return _parse(name, path.read_bytes())


def _parse(name: str, raw: bytes) -> InboxMail:
    letter = message_from_bytes(raw, policy=policy.default)
    assert isinstance(letter, EmailMessage)  # noqa: S101 - for mypy: that is what this policy makes
    return InboxMail(
        id=name,
        received_at=datetime.strptime(name.partition("-")[0], "%Y%m%dT%H%M%S%f%z"),
        sender=_header(letter, "From"),
        to=_header(letter, "To") or _header(letter, "Delivered-To"),
        subject=_header(letter, "Subject"),
        date=_date(letter),
        text=_text(letter),
        message_id=_header(letter, "Message-ID"),
        attachments=tuple(_file_names(letter)),
    )


def _header(letter: EmailMessage, name: str) -> str:
    """Decode the first header of that name; Python's own parser adds spaces to long Vietnamese names."""
    raw = next((str(value) for key, value in letter.raw_items() if key.lower() == name.lower()), "")
    unfolded = " ".join(line.strip() for line in raw.splitlines())
    try:
        return str(make_header(decode_header(unfolded)))
    except (HeaderParseError, LookupError, ValueError):
        return unfolded  # it cannot be decoded, so it is shown as it came


def _date(letter: EmailMessage) -> datetime | None:
    try:
        found = getattr(letter["Date"], "datetime", None)
    except (ValueError, IndexError, TypeError):
        return None
    return found if isinstance(found, datetime) else None


def _file_names(letter: EmailMessage) -> Iterator[str]:
    """Give the name of each enclosed file, fit to be shown on one line."""
    for part in letter.walk():
        try:
            name = part.get_filename()
        except (LookupError, ValueError, TypeError):  # a name in a broken encoding
            name = "?"
        if name:
            yield "".join(c for c in str(name) if c.isprintable())[:100] or "?"


def _text(letter: EmailMessage) -> str:
    part = letter.get_body(("plain", "html"))
    if part is None:
        return ""
    try:
        return str(part.get_content()).replace("\r\n", "\n")
    except (LookupError, ValueError):  # an unknown charset, a transfer encoding that is none
        return str(part.get_payload())
