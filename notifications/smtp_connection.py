"""Getting as far as a mail server that is ready to take letters, or saying in Vietnamese why not."""

from __future__ import annotations

import smtplib
import socket
import ssl
from base64 import b64encode
from dataclasses import dataclass, field, replace

from notifications.channels import Action, Answer, Outcome

CONFIGURATION_WAIT = 900.0  # seconds before asking again a server that somebody has to put right first
_LONGEST_ANSWER = 500


@dataclass(frozen=True, slots=True)
class Server:
    """Where letters are handed in, and how long to wait there, in seconds."""

    host: str
    port: int
    mode: str  # starttls, ssl or insecure, as Apprise calls them
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 20.0
    answer_timeout: float = 60.0  # for the verdict on a whole letter: servers scan it meanwhile
    idle_limit: float = 30.0  # a connection unused for longer is closed: the server may have dropped it

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    def said(self, code: int, words: bytes) -> str:
        """Return the server's answer on one line, without what a careless server repeats of the login."""
        text = f"{code} {words.decode('utf-8', 'replace')}"
        if self.password:
            plain_login = b64encode(f"\0{self.user}\0{self.password}".encode()).decode()
            for secret in (plain_login, b64encode(self.password.encode()).decode(), self.password):
                text = text.replace(secret, "***")
        line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        return line if len(line) <= _LONGEST_ANSWER else line[: _LONGEST_ANSWER - 1] + "…"

    def explained(self, problem: Exception) -> str:
        """Return what went wrong: the server's answer, or what the network said."""
        if isinstance(problem, smtplib.SMTPResponseException):
            words = problem.smtp_error
            return self.said(problem.smtp_code, words if isinstance(words, bytes) else str(words).encode())
        return str(problem) or type(problem).__name__


class NoService(Exception):
    """No letter can be handed in now, and none has been; the answer says why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.text)
        self.answer = answer


def connect(server: Server) -> smtplib.SMTP:
    """Open, secure and log in.

    Raises:
        NoService: any of it went wrong.
    """
    smtp: smtplib.SMTP | None = None
    try:
        smtp = _greeted(server)
        if server.mode == "starttls":
            smtp.starttls(context=server.tls)  # raises unless it is done
        smtp.ehlo_or_helo_if_needed()
        if server.user and server.password:
            _log_in(smtp, server.user, server.password)
    except (OSError, smtplib.SMTPException, UnicodeError) as problem:  # the last: no name for a host
        if smtp is not None:
            smtp.close()
        raise NoService(_answer(server, problem)) from problem
    return smtp


def misconfigured(hint: str, text: str, code: int | None = None) -> Answer:
    """Answer that the settings are wrong: the letter waits until somebody has mended them."""
    return Answer(
        Outcome.RETRY,
        f"{hint}; hãy xem lại CCHC_MAIL_URL. Trả lời: {text}",
        retry_after=CONFIGURATION_WAIT,
        channel_down=True,
        action=Action.CHANNEL,
        code=str(code) if code else None,
    )


def _greeted(server: Server) -> smtplib.SMTP:
    # A name of its own is given because smtplib would ask the DNS for one.
    if server.mode == "ssl":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, "localhost", timeout=server.timeout, context=server.tls
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, "localhost", timeout=server.timeout)
    if smtp.sock is not None:
        address = smtp.sock.getsockname()[0]
        smtp.local_hostname = f"[IPv6:{address}]" if ":" in address else f"[{address}]"
    return smtp


def _log_in(smtp: smtplib.SMTP, user: str, password: str) -> None:
    """Try each way that both sides know; unlike smtplib's own, remember a refusal if the server hangs up.

    Raises:
        smtplib.SMTPException: no way worked; a refused password wins over what came after it.
    """
    smtp.user, smtp.password = user, password
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    refusal: smtplib.SMTPAuthenticationError | None = None
    for way in ("CRAM-MD5", "PLAIN", "LOGIN"):  # the one that doesn't show the password goes first
        if way not in offered:
            continue
        try:
            smtp.auth(way, getattr(smtp, f"auth_{way.lower().replace('-', '_')}"))
        except smtplib.SMTPAuthenticationError as refused:
            refusal = refusal or refused
        except (OSError, smtplib.SMTPException):
            if refusal is None:
                raise
            break
        else:
            return
    raise refusal or smtplib.SMTPNotSupportedError("no login that we know is offered")


def _answer(server: Server, problem: Exception) -> Answer:
    text = server.explained(problem)
    code = problem.smtp_code if isinstance(problem, smtplib.SMTPResponseException) else None
    match problem:
        case ssl.SSLCertVerificationError():
            hint = f"Không tin được chứng thư của máy chủ thư {server} (chứng thư nội bộ: thêm ca=<tệp PEM>)"
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError():  # it hung up while they were agreeing
            return _unreachable(server, text)
        case smtplib.SMTPNotSupportedError() | ssl.SSLError():
            hint = f"Máy chủ thư {server} không mã hoá hoặc đăng nhập được như mode= yêu cầu"
        case smtplib.SMTPAuthenticationError(smtp_code=code) if code >= 500:
            hint = f"Máy chủ thư {server} không nhận tài khoản hoặc mật khẩu"
        case smtplib.SMTPResponseException(smtp_code=code) if code >= 500:
            hint = f"Máy chủ thư {server} từ chối phục vụ"
        case socket.gaierror() | UnicodeError():
            # The name may be wrong, or the network be down for an hour: nobody need release a channel then.
            hint = f"Không tìm thấy máy chủ thư {server}"
            return replace(misconfigured(hint, text), action=None)
        case _:
            return _unreachable(server, text, code)
    return misconfigured(hint, text, code)


def _unreachable(server: Server, text: str, code: int | None = None) -> Answer:
    said = f"Không kết nối được máy chủ thư {server}: {text}"
    return Answer(Outcome.RETRY, said, channel_down=True, code=str(code) if code else None)
