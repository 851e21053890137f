"""One SMTP connection, kept over many letters, that knows how far each letter got."""

from __future__ import annotations

import re
import smtplib
import time
from collections.abc import Callable
from contextlib import suppress

from notifications.channels import Answer, Outcome
from notifications.smtp_connection import NoService, Server, connect
from notifications.smtp_refusals import judge

_QUEUE_IDS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"queued as ([\w.-]+)",  # Postfix, Zimbra, our inbox
        r"\bid=([\w.-]+)",  # Exim
        r"InternalId=(\d+)",  # Exchange
        r"\bOK\s+(\d{6,} [\w.-]+) - gsmtp",  # Gmail
        r"2\.0\.0 ([\w.-]+) Message accepted",  # Sendmail
    )
)


class _ConnectionLost(Exception):
    """The connection broke before the server had taken the letter; `code` is 421 where it said goodbye."""

    def __init__(self, text: str, code: int | None = None) -> None:
        super().__init__(text)
        self.code = code


class Courier:
    """Hands letters to one server over one connection; not for several threads at a time."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._smtp: smtplib.SMTP | None = None
        self._used_at = 0.0

    def deliver(self, sender: str, recipient: str, letter: bytes) -> Answer:
        """Hand in `letter`, lines ending in CRLF, and say what the server said.

        A kept connection that proves to be dead is opened anew once, because then nothing of the letter
        was taken. Otherwise one call is one attempt: trying again is the outbox's decision.
        """
        if self._smtp is not None and time.monotonic() - self._used_at > self.server.idle_limit:
            self.close()
        kept = self._smtp is not None
        try:
            while True:
                try:
                    return self._hand_in(sender, recipient, letter)
                except _ConnectionLost as lost:
                    self._drop()
                    if not kept:
                        return self._lost(lost)
                    kept = False
        except NoService as closed:
            self._drop()
            return closed.answer
        except BaseException:  # an interrupt in the middle of a letter leaves a connection in no known state
            self._drop()
            raise

    def close(self) -> None:
        """Say goodbye to the server, if it still listens."""
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):  # it may have gone, and nothing is under way
                if self._smtp.sock is not None:
                    self._smtp.sock.settimeout(min(self.server.timeout, 2.0))
                self._smtp.quit()
        self._drop()

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _hand_in(self, sender: str, recipient: str, letter: bytes) -> Answer:
        smtp = self._smtp = self._smtp or connect(self.server)
        size = f" size={len(letter)}" if smtp.has_extn("size") else ""
        steps: tuple[tuple[str, Callable[[], tuple[int, bytes]]], ...] = (
            # Not `smtp.mail` and `smtp.rcpt`, which parse addresses anew: these are ASCII and of one form.
            ("MAIL", lambda: smtp.docmd("mail", f"FROM:<{sender}>{size}")),
            ("RCPT", lambda: smtp.docmd("rcpt", f"TO:<{recipient}>")),
            ("DATA", lambda: smtp.docmd("data")),
        )
        try:
            for step, ask in steps:
                code, said = ask()
                if not (code == 354 if step == "DATA" else 200 <= code < 300):
                    return self._refused(step, code, said)
            smtp.send(_dots_doubled(letter) + b".\r\n")
        except (OSError, smtplib.SMTPException) as problem:
            raise _ConnectionLost(self.server.explained(problem)) from problem
        return self._verdict(smtp)

    def _verdict(self, smtp: smtplib.SMTP) -> Answer:
        """Wait for the answer to the whole letter; without one nobody knows whether it was taken."""
        self._patience(self.server.answer_timeout)
        try:
            code, said = smtp.getreply()
        except (OSError, smtplib.SMTPException, ValueError) as problem:
            self._drop()
            text = "Thư đã gửi đi trọn vẹn nhưng máy chủ thư không trả lời"
            return Answer(Outcome.UNKNOWN, f"{text}: {self.server.explained(problem)}")
        self._patience(self.server.timeout)
        if 200 <= code < 300:
            self._used_at = time.monotonic()
            text = self.server.said(code, said)
            return Answer(Outcome.SENT, text, provider_id=queue_id(text))
        if 400 <= code < 600:
            return self._refused("DATA", code, said)
        self._drop()
        text = "Thư đã gửi đi trọn vẹn nhưng không hiểu được câu trả lời của máy chủ thư"
        return Answer(Outcome.UNKNOWN, f"{text}: {self.server.said(code, said)}")

    def _patience(self, seconds: float) -> None:
        if self._smtp is not None and self._smtp.sock is not None:
            self._smtp.sock.settimeout(seconds)

    def _refused(self, step: str, code: int, said: bytes) -> Answer:
        """Judge a refusal; the connection stays open where the server keeps it."""
        text = self.server.said(code, said)
        if code == 421:  # "closing the channel": on a kept connection that only says that it was idle
            raise _ConnectionLost(text, code)
        if not 400 <= code < 600:
            raise _ConnectionLost(text)
        self._start_over()
        return judge(step, code, text)

    def _start_over(self) -> None:
        if self._smtp is None:
            return
        try:
            self._smtp.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()
        self._used_at = time.monotonic()

    def _lost(self, lost: _ConnectionLost) -> Answer:
        text = f"Mất kết nối với máy chủ thư {self.server} trước khi gửi xong: {lost}"
        return Answer(Outcome.RETRY, text, code=str(lost.code) if lost.code else None)


def queue_id(answer: str) -> str | None:
    """Return the id under which the server keeps the letter, where its answer names one."""
    found = next((match for pattern in _QUEUE_IDS if (match := pattern.search(answer))), None)
    return found[1] if found else None


def _dots_doubled(letter: bytes) -> bytes:
    return letter.replace(b"\r\n.", b"\r\n..") if b"\r\n." in letter else letter
