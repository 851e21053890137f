# Apprise declares types only here and there.
# mypy: allow-untyped-calls
"""Our four Apprise services: a group, a conversation, an approved template, a bot."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, ClassVar
from uuid import uuid4

from apprise.url import PrivacyMode

from domain.errors import WardError
from domain.phones import canonical_phone
from domain.refusals import BadValue
from notifications.channels import Message
from notifications.zalo.bot import bot_call
from notifications.zalo.exchange import Call, Exchange, exchange
from notifications.zalo.plugin import ARGUMENTS, TOKENS, NotAnAddress, ZaloPlugin, identity
from notifications.zalo.templates import Parameters, fill
from notifications.zalo.texts import fitted, line_within, without_mentions

_LONGEST_TRACKING = 48
_LONGEST_VALUE = 200
_ACCOUNT_ARGUMENTS = dict(ARGUMENTS, secret={"name": "App Secret", "type": "string", "private": True})
_TEMPLATE_TOKENS = dict(TOKENS, template={"name": "Template ID", "type": "string", "required": True})
_MODE = {
    "name": "Mode",
    "type": "choice:string",
    "values": ("production", "development"),
    "default": "production",
}
_TEMPLATE_ARGUMENTS = dict(
    _ACCOUNT_ARGUMENTS, fill={"name": "Parameter for the Text", "type": "string"}, mode=_MODE
)
_TEMPLATE_KWARGS = {"values": {"name": "Template Parameters", "prefix": ":"}}


class NothingToSay(WardError):
    """A message has no words."""

    def __init__(self) -> None:
        super().__init__("a message without words", "Tin không có nội dung.")


class OfficialAccountPlugin(ZaloPlugin):
    """A service in the name of an official account; `secret` is the app's, where calls have to be proved."""

    template_args = _ACCOUNT_ARGUMENTS

    def __init__(self, *args: Any, secret: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.secret = secret

    def proof_key(self) -> str | None:
        """Return the app's secret, if calls are to be proved with it."""
        return self.secret

    def url_options(self, *, privacy: bool) -> dict[str, str]:
        """Return the base and the secret, masked for onlookers."""
        options = super().url_options(privacy=privacy)
        if self.secret:
            options["secret"] = self.pprint(self.secret, privacy, mode=PrivacyMode.Secret, quote=False)
        return options


class GroupPlugin(OfficialAccountPlugin):
    """Zalo group messages (GMF): `zalogroup://ACCESS_TOKEN/GROUP_ID/…`."""

    service_name = "Zalo OA Group"
    secure_protocol = "zalogroup"

    def call_for(self, message: Message) -> Call:
        """Ask for a message to a group; nothing in it becomes a mention."""
        group, text = identity(message.recipient), _said(without_mentions(message.text))
        body = {"recipient": {"group_id": group}, "message": {"text": text}}
        return Call("POST", f"{self.base}/v3.0/oa/group/message", body=body)


class ConsultationPlugin(OfficialAccountPlugin):
    """Zalo consultation messages (cs): `zalocs://ACCESS_TOKEN/USER_ID/…`.

    Only to people who wrote to the account or clicked in it within seven days; after two days Zalo charges.
    """

    service_name = "Zalo OA Consultation"
    secure_protocol = "zalocs"

    def call_for(self, message: Message) -> Call:
        """Ask for a message in a conversation."""
        body = {
            "recipient": {"user_id": identity(message.recipient)},
            "message": {"text": _said(message.text)},
        }
        return Call("POST", f"{self.base}/v3.0/oa/message/cs", body=body)


class TemplatePlugin(OfficialAccountPlugin):
    """Approved templates (ZBS, formerly ZNS) by phone: `zalozbs://ACCESS_TOKEN/TEMPLATE_ID/PHONE/…`.

    The template's parameters are `:name=value`; the text fills the one that `fill=` names. With
    `mode=development` only the app's administrators are reached.
    """

    service_name = "Zalo ZBS Template"
    secure_protocol = "zalozbs"
    api: ClassVar[str] = "zbs"
    base_url: ClassVar[str] = "https://business.openapi.zalo.me"
    templates = ("{schema}://{token}/{template}/{targets}",)
    template_tokens = _TEMPLATE_TOKENS
    template_args = _TEMPLATE_ARGUMENTS
    template_kwargs = _TEMPLATE_KWARGS

    def __init__(
        self,
        *args: Any,
        template: str | None = None,
        fill: str | None = None,
        mode: str | None = None,
        values: dict[str, str] | None = None,
        parameters: Parameters | None = None,
        **kwargs: Any,
    ) -> None:
        """Take the template's id; `parameters`, where given, are filled from each message's facts instead.

        Raises:
            TypeError: there is no id.
        """
        super().__init__(*args, **kwargs)
        if not template:
            raise TypeError("no template")
        self.template, self.fill, self.values = template, fill, dict(values or {})
        self.development = mode == "development"
        self.parameters = parameters

    def call_for(self, message: Message) -> Call:
        """Ask for the template to be sent to a phone."""
        body: dict[str, Any] = {
            "phone": _phone(message.recipient),
            "template_id": self.template,
            "template_data": self.data_for(message),
            "tracking_id": _tracking_id(message),
        }
        if self.development:
            body["mode"] = "development"
        return Call("POST", f"{self.base}/message/template", body=body)

    def data_for(self, message: Message) -> dict[str, str]:
        """Return the template's parameters with their values.

        Raises:
            MissingFact: the message has nothing for one of them.
        """
        if self.parameters is not None:
            return fill(self.parameters, message.facts)
        said = {self.fill: message.text} if self.fill else {}
        return {name: line_within(value, _LONGEST_VALUE) for name, value in {**self.values, **said}.items()}

    def path(self) -> list[str]:
        """Return the template's id, which stands before the targets."""
        return [self.template]

    def url_options(self, *, privacy: bool) -> dict[str, str]:
        """Return the parameters besides what every official account has."""
        options = super().url_options(privacy=privacy)
        options |= {f":{name}": value for name, value in self.values.items()}
        if self.fill:
            options["fill"] = self.fill
        return options | ({"mode": "development"} if self.development else {})

    @staticmethod
    def parse_url(url: str, *_: Any, **__: Any) -> dict[str, Any] | None:
        """Read a URL with the template's id before its targets."""
        results = ZaloPlugin.parse_url(url)
        if not results:
            return None
        options, path = results["qsd"], results["targets"]
        results["template"] = path.pop(0) if path else None
        results |= {name: ZaloPlugin.unquote(options[name]) for name in ("fill", "mode") if options.get(name)}
        results["values"] = {
            ZaloPlugin.unquote(name): ZaloPlugin.unquote(value) for name, value in results["qsd:"].items()
        }
        return results


class TemplateByIdPlugin(TemplatePlugin):
    """Approved templates to followers: `zalouid://ACCESS_TOKEN/TEMPLATE_ID/USER_ID/…`."""

    service_name = "Zalo ZBS Template by UID"
    secure_protocol = "zalouid"
    api: ClassVar[str] = "uid"
    base_url: ClassVar[str] = "https://openapi.zalo.me"

    def call_for(self, message: Message) -> Call:
        """Ask for the template to be sent to a follower."""
        body = {
            "user_id": identity(message.recipient),
            "template_id": self.template,
            "template_data": self.data_for(message),
        }
        return Call("POST", f"{self.base}/v3.0/oa/message/template", body=body)


class BotPlugin(ZaloPlugin):
    """Zalo's Bot Platform: `zalobotx://BOT_TOKEN/CHAT_ID/…`; Apprise's own of later versions is `zalo://`."""

    service_name = "Zalo Bot"
    secure_protocol = "zalobotx"
    setup_url = "https://bot.zaloplatforms.com/docs/"
    api: ClassVar[str] = "bot"
    base_url: ClassVar[str] = "https://bot-api.zaloplatforms.com"

    def call_for(self, message: Message) -> Call:
        """Ask for a message in a chat; the token is in the path and is no header."""
        chat = identity(message.recipient)
        return bot_call(
            self.base, self.tokens.token(), "sendMessage", {"chat_id": chat, "text": _said(message.text)}
        )

    def exchanged(self, call: Call) -> Exchange:
        """Make the call; a bot's token doesn't end, so there is none to take instead."""
        self.throttle()
        return exchange(call, self.manner)


def _said(text: str) -> str:
    """Return a text as it goes.

    Raises:
        NothingToSay: no phone would show any of it.
    """
    said = fitted(text)
    if not said:
        raise NothingToSay
    return said


def _phone(text: str) -> str:
    """Return a mobile number as Zalo takes it.

    Raises:
        NotAnAddress: it is none.
    """
    try:
        return canonical_phone(text)
    except BadValue:  # its text repeats the number
        raise NotAnAddress("Số điện thoại của người nhận") from None


def _tracking_id(message: Message) -> str:
    """Return the message's own id, or one that is the same at each attempt where that is possible."""
    given = message.tracking_id or ""
    if given.isascii() and given.isprintable() and 0 < len(given) <= _LONGEST_TRACKING:
        return given
    known = given or message.message_id
    return sha256(known.encode()).hexdigest()[:_LONGEST_TRACKING] if known else uuid4().hex
