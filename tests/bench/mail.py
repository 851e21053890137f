"""Letters per second: our channel against smtplib with letters that are made beforehand, in one run."""

from __future__ import annotations

import asyncio
import multiprocessing
import smtplib
import socket
import statistics
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from ctypes import c_longlong
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from notifications.channels import Channel, Message, Outcome, open_channel
from notifications.mime import letter, sender_header
from notifications.threads import message_id, thread_root

ROUNDS = 7
LETTERS = 300
SENDER = "cchc@thanhdong.vn"
LINK = "https://cchc.thanhdong.vn/tasks/II.3"
TEXT = f"""Kính gửi: Phòng Văn hóa - Xã hội

Nhiệm vụ số II.3: Báo cáo kết quả rà soát, đơn giản hoá thủ tục hành chính, kỳ Quý I/2026.
Thời hạn: 31/03/2026 (còn 7 ngày). Đề nghị đơn vị báo cáo kết quả đúng thời hạn.

Xem nhiệm vụ: {LINK}
Bấm để xác nhận đã nhận: {LINK}/received/4f1d2a9c4f1d2a9c4f1d2a9c4f1d2a9c

Thư này do hệ thống theo dõi kế hoạch cải cách hành chính gửi tự động.
"""
HTML = "<!doctype html><html lang=vi><body>" + "".join(
    f'<p style="margin:0 0 12px;font-family:Arial,sans-serif">{line}</p>' for line in TEXT.splitlines()
)


@dataclass(frozen=True)
class Sink:
    """An SMTP server in a process of its own that takes every letter and counts it."""

    port: int
    _taken: Synchronized[int]

    @property
    def taken(self) -> int:
        """How many letters it has answered for so far."""
        return self._taken.value

    @property
    def url(self) -> str:
        """What `open_channel("email", …)` takes."""
        return f"mailto://127.0.0.1:{self.port}?from={SENDER}&mode=insecure"


@contextmanager
def sink() -> Iterator[Sink]:
    """Run the server for as long as the block lasts."""
    fresh = multiprocessing.get_context("spawn")  # nothing of the caller's threads and locks
    taken = fresh.Value(c_longlong, 0)
    ours, theirs = fresh.Pipe()
    process = fresh.Process(target=_serve, args=(theirs, taken), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Sink(ours.recv(), taken)
    finally:
        ours.close()
        process.join(10)


class _Counter:
    def __init__(self, taken: Synchronized[int]) -> None:
        self.taken = taken

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        with self.taken:
            self.taken.value += 1
        return f"250 2.0.0 Ok: queued as {self.taken.value:X}"


class _Server(Controller):
    """aiosmtpd on a socket that is bound already, so that its port is known."""

    def __init__(self, handler: object, listener: socket.socket) -> None:
        super().__init__(
            handler, hostname="127.0.0.1", port=listener.getsockname()[1], server_hostname="localhost"
        )
        self._listener = listener

    def _create_server(self) -> Coroutine[Any, Any, asyncio.AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._listener)


@contextmanager
def listening(handler: object) -> Iterator[int]:
    """Serve a handler in a thread of this process for as long as the block lasts; give the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = _Server(handler, listener)
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


def _serve(pipe: Connection, taken: Synchronized[int]) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    server = _Server(_Counter(taken), listener)
    server.start()
    pipe.send(server.port)
    pipe.poll(None)  # until the caller says so, or is gone
    server.stop()


def message(number: int) -> Message:
    """Return a letter of the usual size: text, HTML, a link, threaded."""
    return Message(
        recipient=f"donvi{number % 97}@thanhdong.vn",
        subject="[CCHC] II.3: Báo cáo kết quả rà soát thủ tục hành chính còn 7 ngày (hạn 31/03/2026)",
        text=TEXT,
        html=HTML,
        message_id=message_id("thanh-dong", number, "thanhdong.vn"),
        references=(thread_root("thanh-dong", number, "thanhdong.vn"),),
    )


def prebuilt(count: int) -> list[tuple[str, str]]:
    """Return (recipient, letter) for `raw_rate`: as large as ours, made before the clock starts."""
    messages = [message(number) for number in range(count)]
    return [
        (
            each.recipient,
            letter(
                each,
                recipient=each.recipient,
                sender=sender_header("", SENDER),
                message_id=each.message_id or "",
                at=datetime.now(UTC),
            ).decode("ascii"),
        )
        for each in messages
    ]


def raw_rate(port: int, letters: list[tuple[str, str]]) -> float:
    """Return the letters a second that smtplib hands in over one connection."""
    with smtplib.SMTP("127.0.0.1", port, "localhost") as smtp:
        smtp.noop()
        began = time.perf_counter()
        for recipient, text in letters:
            smtp.sendmail(SENDER, [recipient], text)
        return len(letters) / (time.perf_counter() - began)


def _our_rate(channel: Channel, messages: list[Message]) -> float:
    began = time.perf_counter()
    for each in messages:
        if channel.send(each).outcome is not Outcome.SENT:
            raise RuntimeError("the sink refused a letter")
    return len(messages) / (time.perf_counter() - began)


def run() -> None:
    """Print both rates, each the median of rounds that take turns, and the share that ours reaches."""
    letters, messages = prebuilt(LETTERS), [message(number) for number in range(LETTERS)]
    with sink() as server:
        channel = open_channel("email", server.url)
        _our_rate(channel, messages[:20])
        raw, ours = [], []
        for _ in range(ROUNDS):
            raw.append(raw_rate(server.port, letters))
            ours.append(_our_rate(channel, messages))
        channel.close()
        if server.taken != 20 + 2 * ROUNDS * LETTERS:
            raise RuntimeError(f"the sink took {server.taken} letters")
    plain, through = statistics.median(raw), statistics.median(ours)
    share = statistics.median(one / other for one, other in zip(ours, raw, strict=True))
    print(
        f"smtplib, letters of {len(letters[0][1])} bytes made beforehand: {plain:.0f}/s; "
        f"through our channel, made and sent: {through:.0f}/s; share {share:.2f} (goal, whole path: 0.3)"
    )
