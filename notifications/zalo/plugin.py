# Apprise declares types only here and there.
# mypy: allow-untyped-calls
"""What our Apprise services for Zalo have in common: one call a message, and an answer that says the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from apprise import NotifyFormat, NotifyType
from apprise.plugins.base import NotifyBase
from apprise.url import PrivacyMode

from domain.errors import WardError
from notifications.channels import Action, Answer, Message, Outcome
from notifications.zalo.asking import Asker, now
from notifications.zalo.errors import ErrorTable, load_errors
from notifications.zalo.exchange import Call, Exchange, Manner
from notifications.zalo.texts import LONGEST
from notifications.zalo.tokens import NO_TOKEN, FixedToken, NoToken, TokenSource
from notifications.zalo.verdicts import Judge

_LONGEST_ID = 128
TOKENS = dict(
    NotifyBase.template_tokens,
    token={"name": "Token", "type": "string", "private": True, "required": True},
    target={"name": "Target", "type": "string", "map_to": "targets"},
    targets={"name": "Targets", "type": "list:string", "required": True},
)
ARGUMENTS = dict(
    NotifyBase.template_args,
    to={"alias_of": "targets"},
    base={"name": "Base URL", "type": "string"},
)


class NotAnAddress(WardError):
    """What stands for a person, group or conversation at Zalo is none; no text repeats it."""

    def __init__(self, what: str = "Mã người dùng, mã nhóm hoặc mã cuộc trò chuyện Zalo") -> None:
        super().__init__("not an address at Zalo", f"{what} không đúng dạng.")


# Apprise's types say None for a service's name and schema, and so allow no child to have any.
_Untyped: Any = NotifyBase


class ZaloPlugin(_Untyped):  # type: ignore[misc] # a base without types
    """A service of Zalo's for Apprise: `schema://token/target/…`; a child says what is called.

    Apprise hears yes or no; `answer` says what came of the last message. Instead of a fixed token,
    `tokens` may give one that is renewed when it is refused. `base` is where the service is.
    """

    service_name = "Zalo"
    secure_protocol: str
    service_url = "https://zalo.me/"
    setup_url = "https://developers.zalo.me/docs/"
    templates = ("{schema}://{token}/{targets}",)
    template_tokens = TOKENS
    template_args = ARGUMENTS
    request_rate_per_sec = 0  # whoever sends decides the pace
    title_maxlen = 0
    body_maxlen = LONGEST
    notify_format = NotifyFormat.TEXT
    socket_connect_timeout = 10.0
    socket_read_timeout = 20.0

    api: ClassVar[str] = "oa"  # whose errors it answers with
    base_url: ClassVar[str] = "https://openapi.zalo.me"

    def __init__(
        self,
        token: str | None = None,
        targets: Sequence[str] | None = None,
        base: str | None = None,
        *,
        tokens: TokenSource | None = None,
        table: ErrorTable | None = None,
        clock: Callable[[], datetime] = now,
        **kwargs: Any,
    ) -> None:
        """Take a `token` or `tokens`.

        Raises:
            TypeError: there is neither; Apprise takes it for a URL that can't be used.
        """
        super().__init__(**kwargs)
        if not token and tokens is None:
            raise TypeError("no token")
        self.token = token
        self.tokens = tokens or FixedToken(token or "")
        self.targets = list(targets or ())
        self.base = (base or self.base_url).rstrip("/")
        self.table = table or load_errors()
        self.outgoing: Message | None = None
        self.answer = Answer(Outcome.FAILED, "")
        self._judge = Judge(self.table, self.api, clock)

    def send(
        self, body: str, title: str = "", notify_type: NotifyType = NotifyType.INFO, **kwargs: Any
    ) -> bool:
        """Send `body` to `outgoing`'s recipient, or to each target; `answer` is that of the last one."""
        if self.outgoing is not None:
            return self._deliver(replace(self.outgoing, text=body))
        outcomes = [self._deliver(Message(target, title, body)) for target in self.targets]
        return bool(outcomes) and all(outcomes)

    def call_for(self, message: Message) -> Call:
        """Return what is to be asked of Zalo for `message`, without a token.

        Raises:
            WardError: the recipient or the message is of a kind that Zalo would refuse.
        """
        raise NotImplementedError

    def proof_key(self) -> str | None:
        """Return the app's secret where calls have to be proved."""
        return None

    def exchanged(self, call: Call) -> Exchange:
        """Make the call in the account's name.

        Raises:
            NoToken: there is none; nothing was taken.
        """
        asker = Asker(self.tokens, self.table, self.api, self.proof_key(), self.manner)
        return asker.ask(call, self.throttle)

    @property
    def manner(self) -> Manner:
        """How long the URL lets a call take, and whether it looks at certificates."""
        return Manner(self.socket_connect_timeout, self.socket_read_timeout, self.verify_certificate)

    def _deliver(self, message: Message) -> bool:
        self.answer = self._answer(message)
        if self.answer.outcome is not Outcome.SENT:
            self.logger.warning(
                "%s: not sent (%s)", self.service_name, self.answer.code or self.answer.outcome
            )
        return self.answer.outcome is Outcome.SENT

    def _answer(self, message: Message) -> Answer:
        try:
            call = self.call_for(message)
        except WardError as refused:
            about = Action.RECIPIENT if isinstance(refused, NotAnAddress) else Action.DEFECT
            return Answer(Outcome.FAILED, refused.notice, action=about)
        try:
            found = self.exchanged(call)
        except NoToken as none:
            waits = Answer(
                Outcome.RETRY, none.notice, retry_after=none.later, channel_down=True, action=Action.WAIT
            )
            return waits if none.later else replace(waits, action=Action.CHANNEL, code=NO_TOKEN)
        except WardError as fault:  # what gives the token is broken: nothing has left, or it was refused
            return Answer(Outcome.RETRY, fault.notice, channel_down=True)
        key = message.tracking_id or message.message_id or f"{message.recipient}\n{message.text}"
        return self._judge.judge(found, key)

    def url_options(self, *, privacy: bool) -> dict[str, str]:
        """Return what stands behind the question mark for this service alone."""
        return {} if self.base == self.base_url else {"base": self.base}

    def path(self) -> list[str]:
        """Return what stands between the token and the targets."""
        return []

    def url(self, privacy: bool = False, *args: Any, **kwargs: Any) -> str:
        """Return the URL that makes this service again; with `privacy` nothing in it is secret."""
        token = self.pprint(self.token or "", privacy, mode=PrivacyMode.Secret, safe="")
        targets = [self.pprint(target, privacy, safe="") for target in self.targets]
        places = "/".join([token, *(self.quote(part, safe="") for part in self.path()), *targets])
        options = self.url_options(privacy=privacy) | self.url_parameters(*args, privacy=privacy, **kwargs)
        return f"{self.secure_protocol}://{places}/?{self.urlencode(options)}"

    @property
    def url_identifier(self) -> tuple[str | None, ...]:
        """What tells one account's service from another's, whoever is written to."""
        return self.secure_protocol, self.token, self.base, *self.path()

    def __len__(self) -> int:
        return max(len(self.targets), 1)

    @staticmethod
    def parse_url(url: str, *_: Any, **__: Any) -> dict[str, Any] | None:
        """Read a URL of this kind; None where it is none."""
        results: dict[str, Any] | None = NotifyBase.parse_url(url, verify_host=False)
        if not results:
            return None
        options: Mapping[str, str] = results["qsd"]
        results["token"] = NotifyBase.unquote(options.get("token") or _host(results))
        results["targets"] = NotifyBase.split_path(results["fullpath"])
        if options.get("to"):
            results["targets"] += NotifyBase.parse_list(options["to"])
        for name in ("base", "secret"):
            if options.get(name):
                results[name] = NotifyBase.unquote(options[name])
        return results


def identity(text: str) -> str:
    """Return an id as Zalo wrote it.

    Raises:
        NotAnAddress: it is empty, too long, or holds what no id does.
    """
    found = text.strip()
    if (
        not found
        or len(found) > _LONGEST_ID
        or not found.isascii()
        or not found.isprintable()
        or " " in found
    ):
        raise NotAnAddress
    return found


def _host(results: Mapping[str, Any]) -> str:
    """Return the token; one with a colon in it may have been taken for a host and its port, or a login."""
    port = results.get("port")
    return f"{results['host'] or ''}{'' if port is None else f':{port}'}"
