"""Opening the channels that the settings allow, each with what it needs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from config.secrets import load_keys
from config.settings import Settings
from domain.errors import SystemFault
from domain.pace import Pace
from notifications.channels import Channel, open_channel
from notifications.zalo.places import ZaloPlaces
from notifications.zalo.tokens import NoToken, TokenSource
from services.acknowledgements import signer
from services.channels import allowed
from services.composing import NOWHERE, Office
from services.links import writer

if TYPE_CHECKING:  # Zalo's side is imported only where Zalo is set up
    from services.zalo_tokens import PostgresTokens

MAIL_DESKS = 2  # connections to the mail server: while one waits for an answer the other goes on
ZALO_PER_MINUTE = 60  # small accounts were seen with 100 calls a minute
TEMPLATES = "templates"  # an office's own, in the data folder
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Opened:
    """A channel, the pace that it keeps, and where its access tokens come from if it needs any."""

    channel: Channel
    pace: Pace | None = None
    tokens: PostgresTokens | None = None


def open_all(settings: Settings, engine: Engine, stack: ExitStack) -> list[Opened]:
    """Open every channel that the settings allow; without a mail server, the local inbox stands for one.

    Raises:
        SystemFault: a channel's settings can't be used.
    """
    pace = Pace(settings.mail_per_minute) if settings.mail_per_minute else None
    opened = [Opened(channel, pace) for channel in _mail(settings, stack)]
    tokens, pace = _tokens(settings, engine), Pace(ZALO_PER_MINUTE)
    opened += [
        Opened(open_zalo_channel(settings, name, tokens), pace, tokens)
        for name in sorted(allowed(settings) - {"email"})
    ]
    for each in opened:
        stack.callback(each.channel.close)
    return opened


def open_one(settings: Settings, engine: Engine | None, name: str) -> Channel:
    """Open one channel other than the local inbox; Zalo's take their tokens from the database of `engine`.

    Raises:
        SystemFault: its settings are missing or can't be used.
    """
    if name == "email" or engine is None:
        if settings.mail_url is None:
            raise SystemFault(
                "CCHC_MAIL_URL is not set",
                "Chưa có máy chủ thư (CCHC_MAIL_URL); thư đang nằm ở hộp thư nội bộ trên trang web.",
            )
        return open_channel("email", settings.mail_url.get_secret_value())
    return open_zalo_channel(settings, name, _tokens(settings, engine))


def open_zalo_channel(settings: Settings, name: str, tokens: TokenSource | None) -> Channel:
    """Open one of Zalo's channels.

    Raises:
        SystemFault: its settings are missing or can't be used.
    """
    from notifications.zalo.channel import open_zalo

    return open_zalo(name, places_of(settings), tokens)


def _tokens(settings: Settings, engine: Engine) -> PostgresTokens | None:
    """Return where access tokens come from; None where no official account is set up."""
    from services.zalo_tokens import PostgresTokens, ZaloNotSet, open_vault

    try:
        return PostgresTokens(open_vault(settings, engine))
    except ZaloNotSet:
        return None


def places_of(settings: Settings) -> ZaloPlaces:
    """Return where Zalo is for this installation."""
    secret, token = settings.zalo_app_secret, settings.zalo_bot_token
    return ZaloPlaces(
        oa_url=settings.zalo_oa_url.rstrip("/"),
        zbs_url=settings.zalo_zbs_url.rstrip("/"),
        bot_url=settings.zalo_bot_url.rstrip("/"),
        proof_secret=secret.get_secret_value() if settings.zalo_secret_proof and secret else None,
        template=settings.zalo_template,
        bot_token=token.get_secret_value() if token else None,
        development=settings.zalo_development,
        templates=settings.zalo_templates,
        errors=settings.zalo_errors,
    )


def has_token(opened: Opened, since: datetime) -> bool:
    """Tell whether a channel that wants for a token since then has got one: an older one was refused."""
    try:
        return opened.tokens is not None and bool(opened.tokens.token()) and opened.tokens.came_after(since)
    except NoToken:
        return False


def office_of(settings: Settings, opened: Sequence[Opened]) -> Office:
    """Return what messages of this installation need."""
    domain = next((d for each in opened if (d := getattr(each.channel, "sender_domain", None))), NOWHERE)
    templates = settings.data / TEMPLATES
    received: Callable[[int, int], str] | None
    try:
        keys = load_keys(settings)
        received = signer(keys, settings.link_base)
        passwords = writer(keys, settings.link_base, settings.timezone)
    except SystemFault as fault:  # reminders go all the same, without the link
        log.error("no “đã nhận” links: %s", fault)
        received, passwords = None, None
    return Office(
        settings.link_base,
        settings.timezone,
        local_mail=settings.mail_url is None,
        mail_domain=domain,
        received_link=received,
        own_templates=templates if templates.is_dir() else None,
        # The local inbox is read by others than the one who is written to.
        password_letter=passwords if settings.mail_url is not None else None,
    )


def _mail(settings: Settings, stack: ExitStack) -> list[Channel]:
    if settings.mail_url is not None:
        url = settings.mail_url.get_secret_value()
    else:
        from notifications.inbox import start_inbox

        inbox = start_inbox(settings.data / "inbox")
        stack.callback(inbox.stop)
        url = inbox.url
    return [open_channel("email", url) for _ in range(MAIL_DESKS)]
