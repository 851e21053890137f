"""Where Zalo tells us of receipts, followers and codes: a signature or a secret is the whole proof."""

from __future__ import annotations

import logging
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Request
from starlette.responses import PlainTextResponse, Response

from domain.errors import SystemFault
from services import webhooks as service
from web.page import Web

router = APIRouter()
_log = logging.getLogger(__name__)


async def whole_body(request: Request) -> bytes:
    """Return the body as it came, which is what is signed; the guard bounds it."""
    return await request.body()


Raw = Annotated[bytes, Depends(whole_body)]


@router.post("/open/zalo/webhook")
def take_oa(request: Request, raw: Raw, after: BackgroundTasks) -> Response:
    """Keep an event of the official account and answer at once; work on it after that."""
    web: Web = request.app.state.web
    hook = service.hook_of(web.settings)
    if hook is None:
        return _said(404)
    signature = request.headers.get("x-zevent-signature", "")
    taken = service.take_oa(hook, raw, signature, web.clock())
    return _kept(web, service.OA, taken, after)


@router.post("/open/zalo/bot")
def take_bot(request: Request, raw: Raw, after: BackgroundTasks) -> Response:
    """Keep an update of the bot and answer at once; work on it after that."""
    web: Web = request.app.state.web
    secret = web.settings.zalo_bot_secret
    if secret is None:
        return _said(404)
    given = request.headers.get("x-bot-api-secret-token", "")
    return _kept(web, service.BOT, service.take_bot(secret.get_secret_value(), raw, given), after)


def _kept(web: Web, source: str, taken: service.Taken, after: BackgroundTasks) -> Response:
    """Commit before the answer: what Zalo has been told is taken must not be lost."""
    if not taken.genuine:
        _log.warning("a request to the webhook of %s was not the provider's", source)
        return _said(403)
    if taken.told is not None:
        with web.change() as connection:
            key = service.keep(connection, source, taken.told, now=web.clock())
        after.add_task(_work, web, key)
    return _said(200)


def _work(web: Web, key: service.Key) -> None:
    """Work on an event that is kept; if that can't be now, the hourly run does."""
    try:
        service.handle(web.change, web.settings, web.clock, key)
    except SystemFault as fault:
        _log.warning("event %s waits: %s", key[1], fault)


def _said(status: int) -> Response:
    return PlainTextResponse("", status_code=status)
