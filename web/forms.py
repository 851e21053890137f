"""Forms: what a page sends back counts only if one of our own pages, shown in this browser, sent it."""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Message

from config.hosts import host_of
from domain.errors import WardError
from domain.refusals import BadValue
from domain.typed import unturned
from web.asked import WRITTEN, written_day

if TYPE_CHECKING:
    from web.page import Web

COOKIE = "cchc_form"
SESSION = "cchc_session"
TOKEN = "token"  # noqa: S105 - the name of a field
MEGABYTE = 1024 * 1024
LARGEST_FIELD = 64 * 1024
LARGEST_FORM = MEGABYTE
LONGEST_FORM = 1000  # fields: a row with its box for each task and month of a year
LARGEST_FILE = 20 * MEGABYTE
LARGEST_BUNDLE = 60 * MEGABYTE  # of all files of a form that takes several
MOST_FILES = 20
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_PATIENCE = 5  # times the limit that is still taken in and thrown away, so that the answer is seen

AnyResponse = TypeVar("AnyResponse", bound=Response)


class RefusedForm(WardError):
    """A form that no page of ours sent in this browser."""


class ForeignForm(RefusedForm):
    """The browser says that another site sent it, or says nothing."""

    def __init__(self) -> None:
        super().__init__(
            "a form from elsewhere",
            "Yêu cầu này không gửi từ trang của chương trình nên không được thực hiện. "
            "Đề nghị mở lại trang và bấm nút trên trang.",
        )


class StaleForm(RefusedForm):
    """Its token isn't this browser's, or the program was started again since."""

    def __init__(self) -> None:
        super().__init__(
            "a form without a valid token",
            "Trang đã mở từ trước khi chương trình khởi động lại, hoặc trình duyệt không nhận cookie. "
            "Đề nghị tải lại trang rồi gửi lại.",
        )


class BrokenForm(RefusedForm):
    """What was sent can't be taken apart."""

    def __init__(self, why: str) -> None:
        super().__init__(f"a broken form: {why}", "Nội dung gửi lên không đúng dạng hoặc quá dài.")


class TooLarge(WardError):
    """More was sent than is taken."""

    def __init__(
        self, limit: int, what: str = "Tệp gửi lên", why: str = ", quá lớn với một quyết định"
    ) -> None:
        super().__init__(
            f"more than {limit} bytes were sent",
            f"{what} lớn hơn {limit // MEGABYTE} MB{why}. Đề nghị chọn lại tệp.",
        )


@dataclass(frozen=True, slots=True)
class FormKey:
    """What ties a form to the browser in which it is shown; `fresh` cookies are still to be set."""

    cookie: str
    token: str
    fresh: bool
    secure: bool

    def kept(self, response: AnyResponse) -> AnyResponse:
        """Set the cookie with the page that holds the form."""
        if self.fresh:
            response.set_cookie(COOKIE, self.cookie, httponly=True, samesite="lax", secure=self.secure)
        return response


@dataclass(frozen=True)
class Forms:
    """Makes and checks the tokens of forms: the HMAC of a cookie under a secret of this process.

    The cookie is that of the session, or for whoever is not signed in a random one of its own.
    """

    _secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def key(self, request: Request) -> FormKey:
        """Return the key of a form that is about to be shown."""
        session = _session(request)
        if session:
            return FormKey("", self._token(session), fresh=False, secure=False)
        known = request.cookies.get(COOKIE, "")
        fresh = not _KEY.fullmatch(known)
        cookie = secrets.token_urlsafe(32) if fresh else known
        return FormKey(cookie, self._token(cookie), fresh, request.url.scheme == "https")

    def check(self, request: Request, token: str) -> None:
        """Return if the token belongs to this browser's cookie.

        Raises:
            StaleForm: it doesn't.
        """
        cookie = _session(request) or request.cookies.get(COOKIE, "")
        right = _KEY.fullmatch(cookie) and hmac.compare_digest(token.encode(), self._token(cookie).encode())
        if not right:
            raise StaleForm

    def _token(self, cookie: str) -> str:
        digest = hmac.new(self._secret, cookie.encode(), sha256).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _session(request: Request) -> str:
    """Return the cookie of the session that was found for this request; empty for none."""
    return request.cookies.get(SESSION, "") if hasattr(request.state, "visitor") else ""


@dataclass(frozen=True, slots=True)
class Fields:
    """What a form holds; `refusal` is set where more was sent than is taken, and nothing was read."""

    values: Mapping[str, str]
    file: UploadFile | None = None
    refusal: WardError | None = None
    pairs: tuple[tuple[str, str], ...] = ()
    files: tuple[UploadFile, ...] = ()

    def every(self, name: str) -> tuple[str, ...]:
        """Return what stands in all fields of this name, such as the boxes that were ticked."""
        return tuple(dict.fromkeys(value for key, value in self.pairs if key == name))

    def text(self, name: str) -> str:
        """Return a field without the blanks around it; empty where there is none."""
        return self.values.get(name, "").strip()

    def day(self, name: str, what: str) -> date | None:
        """Return a day, from a date field or typed as people write it; None where it is empty.

        Raises:
            BadValue: it is no day.
        """
        text = self.text(name)
        try:
            return written_day(text) if text else None
        except ValueError:
            raise BadValue(what, text[:40], WRITTEN) from None


def for_back(request: Request, response: AnyResponse) -> AnyResponse:
    """Let the browser keep a step that answers a form: its Back asks for none again, but shows an error."""
    if request.method == "POST":
        response.headers["cache-control"] = "private, no-cache"
    return response


async def own_form(request: Request) -> AsyncIterator[Fields]:
    """Take a form that one of our pages sent.

    Raises:
        ForeignForm, StaleForm, BrokenForm, TooLarge: it is not to be done.
    """
    async with _read(request, LARGEST_FORM) as fields:
        if fields.refusal is not None:
            raise fields.refusal
        yield fields


async def own_upload(request: Request) -> AsyncIterator[Fields]:
    """Take a form with a file; one that is too large is given as `refusal`, for the page to say so.

    Raises:
        ForeignForm, StaleForm, BrokenForm: it is not to be done.
    """
    async with _read(request, LARGEST_FILE + LARGEST_FORM) as fields:
        yield fields


async def own_bundle(request: Request) -> AsyncIterator[Fields]:
    """Take a form with several files; more than is taken is given as `refusal`, for the page to say so.

    Raises:
        ForeignForm, StaleForm, BrokenForm: it is not to be done.
    """
    async with _read(request, LARGEST_BUNDLE + LARGEST_FORM, most=MOST_FILES) as fields:
        yield fields


@asynccontextmanager
async def _read(request: Request, limit: int, most: int = 1) -> AsyncIterator[Fields]:
    web: Web = request.app.state.web
    check_origin(request)
    try:
        form = await _parsed(request, limit, most)
    except TooLarge as refusal:
        yield Fields({}, refusal=refusal)
        return
    try:
        pairs = tuple((name, unturned(value)) for name, value in form.multi_items() if isinstance(value, str))
        values = dict(pairs)
        web.forms.check(request, values.get(TOKEN, ""))
        if any("\0" in value for _, value in pairs):
            raise BrokenForm("a NUL")
        if any(_SURROGATE.search(each) for each in (*_names(form), *(value for _, value in pairs))):
            raise BrokenForm("half a letter")  # the sender chooses the encoding, and some can write these
        files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
        chosen = tuple(file for file in files if file.filename)
        yield Fields(values, chosen[0] if chosen else None, pairs=pairs, files=chosen)
    finally:
        await form.close()


def _names(form: FormData) -> list[str]:
    return [each.filename or "" for _, each in form.multi_items() if isinstance(each, UploadFile)]


def check_origin(request: Request) -> None:
    """Return if the browser says that one of our pages sent the request.

    Raises:
        ForeignForm: it says otherwise, or nothing.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    host = request.headers.get("host", "").lower()
    if site is None and origin is None:
        raise ForeignForm
    if site not in {None, "same-origin"}:
        raise ForeignForm
    if origin is not None and host_of(origin) != host:
        raise ForeignForm


async def _parsed(request: Request, limit: int, most: int) -> FormData:
    taken = 0
    several = most > 1

    async def counted() -> Message:
        nonlocal taken
        message = await request.receive()
        taken += len(message.get("body", b""))
        while taken > limit:
            if not message.get("more_body") or taken > _PATIENCE * limit:
                if several:
                    raise TooLarge(LARGEST_BUNDLE, "Các tệp gửi lên cộng lại", "")
                raise TooLarge(min(limit, LARGEST_FILE))
            message = await request.receive()
            taken += len(message.get("body", b""))
        return message

    try:
        own = Request(request.scope, counted)
        return await own.form(max_files=most, max_fields=LONGEST_FORM, max_part_size=LARGEST_FIELD)
    except HTTPException as problem:
        raise BrokenForm(str(problem.detail)) from None
