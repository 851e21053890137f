# Apprise declares types only here and there.
# mypy: allow-untyped-calls
"""Zalo's channels as the outbox knows them: Apprise with one of our services in it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from apprise import Apprise, AppriseAsset, NotifyFormat

from notifications.channels import (
    Action,
    Answer,
    Channel,
    ChannelMisconfigured,
    Message,
    Outcome,
    UnknownChannel,
)
from notifications.zalo.asking import now
from notifications.zalo.errors import load_errors
from notifications.zalo.places import ZaloPlaces
from notifications.zalo.plugin import ZaloPlugin
from notifications.zalo.plugins import (
    BotPlugin,
    ConsultationPlugin,
    GroupPlugin,
    TemplateByIdPlugin,
    TemplatePlugin,
)
from notifications.zalo.templates import load_parameters
from notifications.zalo.tokens import TokenSource

NAMES = ("zalo-group", "zalo-user", "zalo-uid", "phone", "zalo-bot")
_PLUGINS: dict[str, type[ZaloPlugin]] = {
    "zalo-group": GroupPlugin,
    "zalo-user": ConsultationPlugin,
    "zalo-uid": TemplateByIdPlugin,
    "phone": TemplatePlugin,
    "zalo-bot": BotPlugin,
}
_EMPTY = Answer(Outcome.FAILED, "Apprise không nhận tin này: tin không có nội dung", action=Action.DEFECT)


class ZaloChannel:
    """One way to reach people on Zalo; messages leave one after the other, whoever sends them."""

    def __init__(self, name: str, plugin: ZaloPlugin) -> None:
        self.name = name
        self._plugin = plugin
        self._apprise = Apprise(asset=plugin.asset)
        self._apprise.add(plugin)
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"ZaloChannel({self.name!r}, {self._plugin.base!r})"

    def send(self, message: Message) -> Answer:
        """Send one message once; only a refused token makes a second call, with another one."""
        with self._lock:
            self._plugin.outgoing = message
            self._plugin.answer = _EMPTY
            said = (message.brief, message.text, message.subject)
            body = next((text for text in said if text and text.strip()), "")
            self._apprise.notify(body=body, body_format=NotifyFormat.TEXT)
            self._plugin.outgoing = None
            return self._plugin.answer

    def close(self) -> None:
        """Do nothing: no connection is kept."""


def open_zalo(
    name: str,
    places: ZaloPlaces,
    tokens: TokenSource | None,
    *,
    clock: Callable[[], datetime] = now,
    timeout: float | None = None,
) -> Channel:
    """Make the channel called `name`, one of `NAMES`; nothing is connected and no token asked for yet.

    `timeout` is in seconds, for each wait on Zalo. The bot needs no `tokens`.

    Raises:
        UnknownChannel: no channel of Zalo's has that name.
        ChannelMisconfigured: a setting that it needs is missing, or a file can't be used.
    """
    if name not in _PLUGINS:
        raise UnknownChannel(name)
    options: dict[str, Any] = {"table": load_errors(places.errors), "clock": clock}
    options |= _options(name, places, tokens)
    if timeout is not None:
        options |= {"cto": timeout, "rto": timeout}
    asset = AppriseAsset(app_id="CCHC", app_desc="CCHC", app_url="", plugin_paths=None)
    return ZaloChannel(name, _PLUGINS[name](**options, asset=asset, retry=0, format="text"))


def _options(name: str, places: ZaloPlaces, tokens: TokenSource | None) -> dict[str, Any]:
    if name == "zalo-bot":
        if not places.bot_token:
            raise _missing(name, "CCHC_ZALO_BOT_TOKEN")
        return {"token": places.bot_token, "base": places.bot_url}
    if tokens is None:
        raise _missing(name, "CCHC_ZALO_APP_ID")
    base = places.zbs_url if name == "phone" else places.oa_url
    options = {"tokens": tokens, "base": base, "secret": places.proof_secret}
    if name not in {"phone", "zalo-uid"}:
        return options
    if not places.template:
        raise _missing(name, "CCHC_ZALO_TEMPLATE")
    mode = "development" if places.development else "production"
    parameters = load_parameters(places.templates)
    return {**options, "template": places.template, "mode": mode, "parameters": parameters}


def _missing(name: str, setting: str) -> ChannelMisconfigured:
    return ChannelMisconfigured(
        name, f"{setting} is not set", f"Chưa thiết lập kênh Zalo: còn thiếu {setting}."
    )
