"""What every channel takes and answers, whichever way it sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
from types import MappingProxyType
from typing import Protocol, cast

from domain.errors import SystemFault, WardError

# Where a channel that its URL describes is made: `module:function(url, timeout)`, imported when opened.
_MAKERS: Mapping[str, str] = MappingProxyType({"email": "notifications.mail:open_mail"})


class Outcome(StrEnum):
    """What became of one message.

    `RETRY`: surely not taken, may go again later. `FAILED`: surely not taken, and sending it again would
    change nothing. `UNKNOWN`: it left whole and no answer came, so only a person may send it again.
    """

    SENT = "sent"
    RETRY = "retry"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Action(StrEnum):
    """What a refusal asks of us beyond its outcome; the letters are those of Zalo's error table.

    `Outcome.UNKNOWN` says all by itself. `Outcome.RETRY` may come with `CHANNEL` (the message is not lost, it
    waits until the channel is mended) and with `WAIT`. `Outcome.FAILED` comes with one of the others: after
    `RECIPIENT` the address stays mute until somebody mends it, after `WINDOW` nothing is remembered of it.
    """

    RECIPIENT = "recipient"  # N: give this address up and tell who keeps the addresses
    WINDOW = "window"  # W: not on this channel now (its window is closed); another one, this once
    CHANNEL = "channel"  # C: configuration or contract; alarm the administrator and hold the channel
    DEFECT = "defect"  # D: our own fault; the message is put aside
    WAIT = "wait"  # Q: a quota or the hour; goes again after `retry_after`, and is no failed try
    REFRESH = "refresh"  # T: the token is no longer valid; the channel itself answers it, once


@dataclass(frozen=True, slots=True)
class Attachment:
    """A small file that goes with a message."""

    name: str  # ASCII, without a path
    media_type: str  # with its parameters: `text/calendar; method=REQUEST; charset=utf-8`
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """One message for one recipient; what a channel has no place for, it leaves out."""

    recipient: str  # as the channel writes it: an e-mail address, a phone number or a Zalo id
    subject: str
    text: str
    html: str | None = None
    message_id: str | None = None  # with its angle brackets; the same at each attempt
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    brief: str | None = (
        None  # for channels with room for 2,000 plain characters; None: `text` is short enough
    )
    facts: Mapping[str, str] = field(
        default_factory=dict
    )  # by name, for channels that fill approved templates
    kept: str | None = None  # what is kept as evidence in place of `text`, which holds a secret
    tracking_id: str | None = None  # ASCII, at most 48 characters, the same at each attempt


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider said to one message; `text` is kept as evidence and holds no secret."""

    outcome: Outcome
    text: str
    provider_id: str | None = None
    retry_after: float | None = None  # seconds that the channel asks for; None leaves it to the outbox
    channel_down: bool = False  # every other message would meet the same trouble now
    action: Action | None = None
    code: str | None = None  # the provider's own code of a refusal: `-237`, `550`


class Channel(Protocol):
    """A way to reach people. Safe to share between threads; one message leaves at a time."""

    name: str

    def send(self, message: Message) -> Answer:
        """Send `message` once and say what happened; never raise for what a provider or network does."""

    def close(self) -> None:
        """Let go of the connection; a later `send` opens a new one."""


class _Maker(Protocol):
    def __call__(self, url: str, timeout: float | None) -> Channel: ...


class UnknownChannel(WardError):
    """No channel has this name."""

    def __init__(self, name: str) -> None:
        known = ", ".join(sorted(_MAKERS))
        super().__init__(
            f"unknown channel {name!r}; known: {known}",
            f"Không có kênh gửi “{name}”. Các kênh hiện có: {known}.",
        )


class ChannelMisconfigured(SystemFault):
    """A channel's URL or its files cannot be used; neither text repeats the URL, which holds a password."""

    def __init__(self, channel: str, why: str, notice: str) -> None:
        super().__init__(f"channel {channel} is misconfigured: {why}", notice)


def open_channel(name: str, url: str, *, timeout: float | None = None) -> Channel:
    """Make the channel called `name` from its Apprise `url`; nothing is connected yet.

    `timeout` is in seconds, for each wait on the provider; None takes the URL's or the channel's own.

    Raises:
        UnknownChannel: no channel has that name.
        ChannelMisconfigured: the URL cannot be used.
    """
    if name not in _MAKERS:
        raise UnknownChannel(name)
    module, function = _MAKERS[name].split(":")
    maker = cast("_Maker", getattr(import_module(module), function))
    return maker(url, timeout)
