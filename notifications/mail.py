# Apprise declares types only here and there.
# mypy: allow-untyped-calls
"""E-mail through Apprise, by a plugin that keeps its connection and the server's answers.

Apprise's own plugin opens a connection for each letter (25 letters a second) and reduces what the server
said to yes or no. Ours reads the same URLs, and Apprise drives it the same way.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.utils import make_msgid
from typing import Any

from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType
from apprise.plugins.email import NotifyEmail

from domain.errors import WardError
from notifications.channels import Action, Answer, ChannelMisconfigured, Message, Outcome
from notifications.mime import NotAnAddress, email_address, letter, sender_header
from notifications.smtp import Courier
from notifications.smtp_connection import Server

CHANNEL = "email"
_SCHEMAS = ("mailto://", "mailtos://")


class MailPlugin(NotifyEmail):
    """Apprise's e-mail service with one kept connection, one recipient a letter, and no waiting.

    `?ca=FILE` trusts a private certificate authority; `cto` and `rto` are Apprise's own names for the
    seconds to wait while connecting and handing in, and for the verdict on a whole letter.
    """

    service_name = "E-mail (CCHC)"
    request_rate_per_sec = 0  # the outbox decides the pace
    notify_format = NotifyFormat.TEXT
    attachment_support = False
    socket_connect_timeout = 20
    socket_read_timeout = 60.0

    def __init__(self, ca: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.notify_format = NotifyFormat.TEXT
        self.outgoing: Message | None = None
        self.answer = Answer(Outcome.FAILED, "")
        self.sender = email_address(str(self.from_addr[1]))
        # Apprise has already encoded a name that came as `name=`, in one word of any length.
        display = str(make_header(decode_header(str(self.from_addr[0] or ""))))
        self._from = sender_header(display, self.sender)
        self._courier = Courier(
            Server(
                host=self.smtp_host,
                port=int(self.port or 0),
                mode=str(self.secure_mode),
                tls=_tls_context(ca, verify=self.verify_certificate)
                if self.secure_mode != "insecure"
                else None,
                user=self.user or "",
                password=self.password or "",
                timeout=self.socket_connect_timeout,
                answer_timeout=self.socket_read_timeout,
            )
        )

    def send(
        self,
        body: str,
        title: str = "",
        notify_type: NotifyType = NotifyType.INFO,
        attach: object = None,
        **kwargs: Any,
    ) -> bool:
        """Send `outgoing` with the title and body that Apprise hands over; `answer` then says the rest."""
        self.throttle()
        outgoing = self.outgoing or Message(recipient=self.targets[0][1], subject="", text="")
        try:
            recipient, data = self._letter(replace(outgoing, subject=title, text=body))
        except WardError as refused:
            about = Action.RECIPIENT if isinstance(refused, NotAnAddress) else Action.DEFECT
            self.answer = Answer(Outcome.FAILED, refused.notice, action=about)
            return False
        # Should anything unforeseen happen from here on, nobody knows how far the letter got.
        self.answer = Answer(Outcome.UNKNOWN, "Lỗi ngoài dự kiến khi đang gửi thư")
        self.answer = self._courier.deliver(self.sender, recipient, data)
        return self.answer.outcome is Outcome.SENT

    def close(self) -> None:
        """Close the kept connection."""
        self._courier.close()

    def _letter(self, message: Message) -> tuple[str, bytes]:
        recipient = email_address(message.recipient)
        message_id = message.message_id or make_msgid("cchc", self.sender.rpartition("@")[2])
        headers = dict(self.headers)
        if self.reply_to:
            headers["Reply-To"] = ", ".join(sorted(self.reply_to))
        message = replace(message, headers=headers | dict(message.headers))
        now = datetime.now(UTC)
        return recipient, letter(
            message, recipient=recipient, sender=self._from, message_id=message_id, at=now
        )

    @staticmethod
    def parse_url(url: str, *_: Any, **__: Any) -> dict[str, Any] | None:
        """Read an Apprise e-mail URL, with `ca=` besides what Apprise knows."""
        results: dict[str, Any] | None = NotifyEmail.parse_url(url)
        if results and results["qsd"].get("ca"):
            results["ca"] = NotifyEmail.unquote(results["qsd"]["ca"])
        return results


_EMPTY = Answer(Outcome.FAILED, "Apprise không nhận thư này: thư không có nội dung", action=Action.DEFECT)


class MailChannel:
    """The channel called `email`: Apprise with one `MailPlugin` in it."""

    name = CHANNEL

    def __init__(self, plugin: MailPlugin) -> None:
        self._plugin = plugin
        self._apprise = Apprise(asset=plugin.asset)
        self._apprise.add(plugin)
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"MailChannel({self._plugin.url(privacy=True)!r})"

    @property
    def sender_domain(self) -> str:
        """The domain of the sender's address, in its wire form: message ids are made with it."""
        return self._plugin.sender.rpartition("@")[2]

    def send(self, message: Message) -> Answer:
        """Send one letter; the answer is the mail server's own words where it gave any."""
        with self._lock:
            self._plugin.outgoing = message
            self._plugin.answer = _EMPTY
            # A text that goes as text passes through Apprise unchanged but for blanks at its ends.
            self._apprise.notify(title=message.subject, body=message.text, body_format=NotifyFormat.TEXT)
            self._plugin.outgoing = None
            return self._plugin.answer

    def close(self) -> None:
        """Close the connection; the next letter opens another."""
        with self._lock:
            self._plugin.close()


def open_mail(url: str, timeout: float | None = None) -> MailChannel:
    """Make the e-mail channel from an Apprise URL without recipients; nothing is connected yet.

    Raises:
        ChannelMisconfigured: the URL is none, names recipients, or asks for what we would not do.
    """
    results = MailPlugin.parse_url(url) if url.lower().startswith(_SCHEMAS) else None
    if not results:
        raise _misconfigured("not an Apprise e-mail URL", "không phải dạng mailto://… hoặc mailtos://…")
    for wrong, why, notice in _FORBIDDEN:
        if wrong(results):
            raise _misconfigured(why, notice)
    if timeout is not None:
        results |= {"cto": timeout, "rto": timeout}
    asset = AppriseAsset(app_id="CCHC", app_desc="CCHC", app_url="", plugin_paths=None)
    try:
        return MailChannel(MailPlugin(**results | {"asset": asset, "retry": 0, "format": "text"}))
    except OSError:  # includes ssl.SSLError
        raise _misconfigured(
            "the file of ca= cannot be used", "không dùng được tệp chứng thư ghi ở ca="
        ) from None
    except (TypeError, WardError):  # Apprise says it this way; its text may repeat the URL
        raise _misconfigured("from= or mode= is wrong", "from= hoặc mode= chưa đúng") from None


def _tls_context(ca: str | None, *, verify: bool) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca)
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _names_recipients(results: Mapping[str, Any]) -> bool:
    return bool(results["targets"] or results.get("cc") or results.get("bcc"))


def _wants_pgp(results: Mapping[str, Any]) -> bool:
    return bool(results.get("use_wkd")) or results.get("pgp_mode", "no") != "no"


def _login_not_ascii(results: Mapping[str, Any]) -> bool:
    return not all(NotifyEmail.unquote(results.get(part) or "").isascii() for part in ("user", "password"))


_FORBIDDEN: tuple[tuple[Callable[[Mapping[str, Any]], bool], str, str], ...] = (
    (_names_recipients, "it names recipients", "URL không được ghi sẵn người nhận (to, cc, bcc)"),
    (_wants_pgp, "PGP is not supported", "chưa hỗ trợ mã hoá PGP"),
    (_login_not_ascii, "SMTP logins must be ASCII", "tài khoản và mật khẩu thư chỉ được dùng ký tự ASCII"),
)


def _misconfigured(why: str, notice: str) -> ChannelMisconfigured:
    return ChannelMisconfigured(CHANNEL, why, f"CCHC_MAIL_URL chưa dùng được: {notice}.")
